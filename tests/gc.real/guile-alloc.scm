;; guile-alloc.scm - many allocations of every sort; prints checksums
(use-modules (srfi srfi-1) (srfi srfi-9) (srfi srfi-43) (rnrs bytevectors))

(define-record-type <tree> (make-tree left right value) tree?
  (left tree-left set-left!) (right tree-right) (value tree-value))

(define (grow d)
  (if (= d 0) (make-tree #f #f 1)
      (make-tree (grow (- d 1)) (grow (- d 1)) d)))
(define (sum t)
  (if t (+ (tree-value t) (sum (tree-left t)) (sum (tree-right t))) 0))

(define long-lived (grow 16))
(format #t "trees ~a~%"
        (fold + 0 (map (lambda (i) (sum (grow (+ 8 (modulo i 6))))) (iota 120))))
(format #t "long-lived ~a~%" (sum long-lived))

;; vectors of vectors that are replaced at random
(define seed 42)
(define (random! n)
  (set! seed (modulo (+ (* seed 1103515245) 12345) 2147483648))
  (modulo (quotient seed 65536) n))
(define table (make-vector 500 #f))
(do ((i 0 (+ i 1))) ((= i 60000))
  (vector-set! table (random! 500) (make-vector (+ 1 (random! 200)) i)))
(format #t "vectors ~a~%"
        (vector-fold (lambda (i acc v)
                       (if v (modulo (+ (* acc 31) (vector-ref v 0) (vector-length v)) 1000000007)
                           acc))
                     7 table))

;; strings, symbols, closures
(define strings
  (map (lambda (i) (string-append "s" (number->string (* i i)) (make-string (modulo i 40) #\x)))
       (iota 20000)))
(format #t "strings ~a~%" (fold + 0 (map string-length strings)))
(define counters
  (map (lambda (i) (let ((n i)) (lambda () (set! n (+ n 1)) n))) (iota 10000)))
(gc)
(format #t "closures ~a~%" (fold + 0 (map (lambda (c) (c) (c)) counters)))
(format #t "symbols ~a~%"
        (length (delete-duplicates (map (lambda (i) (string->symbol (number->string (modulo i 97))))
                                        (iota 2000)))))
(define h (make-hash-table))
(do ((i 0 (+ i 1))) ((= i 50000)) (hash-set! h i (list i (number->string i))))
(gc)
(format #t "hash ~a~%" (hash-fold (lambda (k v acc) (+ acc k (string-length (cadr v)))) 0 h))
(define bv (map (lambda (i) (make-bytevector (* 1000 (+ 1 (modulo i 50))) (modulo i 256))) (iota 1000)))
(gc)
(format #t "bytevectors ~a~%" (fold + 0 (map (lambda (b) (bytevector-u8-ref b 7)) bv)))
(display "done") (newline)
