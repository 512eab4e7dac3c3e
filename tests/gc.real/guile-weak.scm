;; guile-weak.scm - guardians, weak hash tables, weak vectors, hooks
(use-modules (srfi srfi-1))

(define (most? n of) (>= (* n 10) (* of 8)))
(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) ; wipes the stack
(define (collect) (deep 2000) (gc) (deep 2000) (gc))

(define g (make-guardian))
(define kept
  (let loop ((i 0) (kept '()))
    (if (= i 2000) kept
        (let ((p (list i (number->string i))))
          (g p)
          (loop (+ i 1) (if (even? i) (cons p kept) kept))))))
(collect)
(define (drain)
  (let loop ((n 0) (bad 0))
    (let ((p (g)))
      (if p
          (loop (+ n 1) (if (and (odd? (car p)) (string=? (cadr p) (number->string (car p)))) bad
                            (+ bad 1)))
          (cons n bad)))))
(define first (let loop ((tries 5) (n 0) (bad 0))
                (if (= tries 0) (cons n bad)
                    (let ((d (drain))) (collect) (loop (- tries 1) (+ n (car d)) (+ bad (cdr d)))))))
(format #t "guardian: most of the dead ~a, damaged or living ~a~%" (most? (car first) 1000) (cdr first))
(format #t "kept ~a~%" (fold + 0 (map car kept)))

(define keys (map (lambda (i) (cons i i)) (iota 1000)))
(define w (make-weak-key-hash-table))
(for-each (lambda (k) (hashq-set! w k (* 2 (car k)))) keys)
(do ((i 0 (+ i 1))) ((= i 3000)) (hashq-set! w (cons i 'dead) i))
(collect) (collect)
(format #t "weak keys: living ~a, most of the dead gone ~a~%"
        (every (lambda (k) (eqv? (hashq-ref w k) (* 2 (car k)))) keys)
        (most? (- 4000 (hash-fold (lambda (k v n) (+ n 1)) 0 w)) 3000))

(define v (make-weak-value-hash-table))
(define values-kept (map (lambda (i) (string-append "v" (number->string i))) (iota 500)))
(for-each (lambda (s i) (hash-set! v i s)) values-kept (iota 500))
(do ((i 500 (+ i 1))) ((= i 3000)) (hash-set! v i (make-string 20 #\d)))
(collect) (collect)
(format #t "weak values: living ~a, most of the dead gone ~a~%"
        (every (lambda (s i) (eq? (hash-ref v i) s)) values-kept (iota 500))
        (most? (- 3000 (hash-fold (lambda (k v n) (+ n 1)) 0 v)) 2500))

(define hooked 0)
(add-hook! after-gc-hook (lambda () (set! hooked (+ hooked 1))))
(do ((i 0 (+ i 1))) ((= i 5)) (gc))
(do ((i 0 (+ i 1))) ((= i 100000)) (cons i i))
(format #t "after-gc-hook ~a~%" (> hooked 0))
(format #t "stats ~a~%" (and (> (assq-ref (gc-stats) 'gc-times) 5) (> (assq-ref (gc-stats) 'heap-size) 0)))
(display "done") (newline)
