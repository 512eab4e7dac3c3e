;; guile-misc.scm - continuations, string ports, bignums, regular expressions, sorting, deep recursion
(use-modules (srfi srfi-1) (ice-9 regex) (ice-9 control) (ice-9 match))

;; generators by re-entrant continuations
(define (generate lst)
  (define return #f)
  (define (gen)
    (call/cc (lambda (r)
      (set! return r)
      (for-each (lambda (x) (call/cc (lambda (next) (set! gen (lambda () (next #f))) (return x)))) lst)
      (return 'end))))
  (lambda () (call/cc (lambda (r) (set! return r) (gen)))))
(define g (generate (iota 2000)))
(format #t "call/cc ~a~%"
        (let loop ((s 0)) (let ((x (g))) (if (eq? x 'end) s (begin (if (= 0 (modulo x 500)) (gc)) (loop (+ s x)))))))
(format #t "prompts ~a~%"
        (fold + 0 (map (lambda (i) (% (+ 1 (abort i)) (lambda (k v) (gc) (k v)))) (iota 20))))

(define text
  (call-with-output-string
   (lambda (p) (do ((i 0 (+ i 1))) ((= i 20000)) (write (list i (* i i) "x") p)))))
(format #t "string port ~a~%" (string-length text))
(format #t "read back ~a~%"
        (call-with-input-string text
          (lambda (p) (let loop ((n 0)) (let ((x (read p))) (if (eof-object? x) n (loop (+ n (cadr x)))))))))

(define (fact n) (if (= n 0) 1 (* n (fact (- n 1)))))
(define (fib n) (let loop ((a 0) (b 1) (n n)) (if (= n 0) a (loop b (+ a b) (- n 1)))))
(format #t "bignums ~a ~a~%" (modulo (fact 2500) 1000000007) (string-length (number->string (fib 30000))))
(format #t "rationals ~a~%" (let loop ((i 1) (s 0)) (if (= i 400) (string-length (number->string s)) (loop (+ i 1) (+ s (/ 1 i))))))
(format #t "exact root ~a~%" (call-with-values (lambda () (exact-integer-sqrt (expt 10 400))) (lambda (s r) (list (string-length (number->string s)) r))))
(define re (make-regexp "([a-z]+)([0-9]+)"))
(format #t "regexp ~a~%"
        (fold + 0 (map (lambda (i) (let ((m (regexp-exec re (string-append "--abc" (number->string i) "--"))))
                                     (string->number (match:substring m 2)))) (iota 5000))))
(format #t "sort ~a~%" (let ((l (sort (map (lambda (i) (modulo (* i 7919) 100003)) (iota 50000)) <))) (list (car l) (last l))))
(define (deep n) (if (= n 0) '() (cons n (deep (- n 1)))))
(format #t "deep ~a~%" (length (deep 300000)))
(format #t "dynamic-wind ~a~%"
        (let ((log '())) (catch 'x (lambda () (dynamic-wind (lambda () (set! log (cons 'in log))) (lambda () (gc) (throw 'x)) (lambda () (set! log (cons 'out log))))) (lambda _ #f)) log))
(format #t "match ~a~%" (match '(1 (2 3) #(4 5)) ((a (b c) #(d e)) (list a b c d e))))
(display "done") (newline)
