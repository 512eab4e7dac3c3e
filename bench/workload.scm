;;; workload.scm - a garbage-heavy program for Guile.
;;;
;;; Trees, lists, strings, hash tables, closures, vectors, bignums: what
;;; programs written in Scheme allocate.  Every part returns a number; their
;;; sum is known, so a damaged object shows.  The runner compiles this file
;;; first; it can as well be run by "guile workload.scm [scale]".
;;;
;;; SPDX-License-Identifier: MIT

(use-modules (srfi srfi-1) (srfi srfi-9))

(define-record-type <node>
  (make-node left right value)
  node?
  (left node-left)
  (right node-right)
  (value node-value))

(define (make-tree depth)
  (if (zero? depth)
      (make-node #f #f 1)
      (make-node (make-tree (- depth 1)) (make-tree (- depth 1)) 1)))

(define (tree-sum t)
  (if (node-left t)
      (+ (node-value t) (tree-sum (node-left t)) (tree-sum (node-right t)))
      (node-value t)))

(define (trees rounds)
  (let ((kept (make-tree 15)))
    (let loop ((i 0) (sum 0))
      (if (= i rounds)
          (+ sum (tree-sum kept))
          (loop (+ i 1) (+ sum (tree-sum (make-tree 13))))))))

(define (lists rounds)
  (let loop ((i 0) (sum 0))
    (if (= i rounds)
        sum
        (loop (+ i 1)
              (+ sum (fold + 0 (filter odd? (map (lambda (x) (+ x i)) (iota 20000)))))))))

(define (sorting rounds)
  (let loop ((i 0) (seed 1) (sum 0))
    (if (= i rounds)
        sum
        (let ((v (make-vector 20000 0)))
          (let fill ((k 0) (s seed))
            (if (< k 20000)
                (let ((next (modulo (+ (* s 1103515245) 12345) 2147483648)))
                  (vector-set! v k (cons next k))
                  (fill (+ k 1) next))
                (let ((l (sort (vector->list v) (lambda (a b) (< (car a) (car b))))))
                  (loop (+ i 1) (car (last l)) (+ sum (cdr (first l)) (cdr (last l)))))))))))

(define (strings rounds)
  (let ((table (make-hash-table)))
    (let loop ((i 0))
      (if (= i rounds)
          (hash-fold (lambda (k v sum) (+ sum v (string-length k))) 0 table)
          (let* ((word (string-append "w" (number->string (modulo (* i 7919) 30011))))
                 (line (string-join (list word (number->string i) (string-upcase word)) "/")))
            (hash-set! table word (+ (string-length line) (hash-ref table word 0)))
            (loop (+ i 1)))))))

(define (closures rounds)
  (let loop ((i 0) (chain (lambda (x) x)) (sum 0))
    (cond ((= i rounds) (+ sum (chain 0)))
          ((zero? (modulo i 500)) (loop (+ i 1) (lambda (x) x) (+ sum (chain 1))))
          (else (loop (+ i 1) (let ((previous chain)) (lambda (x) (+ 1 (previous x)))) sum)))))

(define (bignums digits)
  (let loop ((i 1) (product 1))
    (if (> i digits)
        (string-length (number->string product))
        (loop (+ i 1) (* product i)))))

;; A symbolic derivative, over and over: short-lived expression trees.
(define (derive e)
  (cond ((number? e) 0)
        ((eq? e 'x) 1)
        ((eq? (car e) '+) (cons '+ (map derive (cdr e))))
        ((eq? (car e) '*)
         (list '* e (cons '+ (map (lambda (a) (list '/ (derive a) a)) (cdr e)))))
        (else (error "cannot derive" e))))

(define (size e)
  (if (pair? e) (+ (size (car e)) (size (cdr e))) 1))

(define (derivatives rounds)
  (let ((e '(+ (* 3 x x x) (* 5 x x) (* 7 x) (* (+ x 1) (+ x 2) (* x x)) 9)))
    (let loop ((i 0) (sum 0))
      (if (= i rounds)
          sum
          (loop (+ i 1) (+ sum (size (derive e))))))))

(define (main scale)
  (let ((result (+ (trees (* 10 scale))
                   (lists (* 15 scale))
                   (sorting (* 1 scale))
                   (strings (* 12000 scale))
                   (closures (* 40000 scale))
                   (bignums (* 150 scale))
                   (derivatives (* 4000 scale)))))
    (display "@bench name=guile work=")
    (display result)
    (newline)))

(main (let ((arguments (command-line)))
        (or (and (pair? (cdr arguments)) (string->number (cadr arguments)))
            20)))
