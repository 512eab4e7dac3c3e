;; guile-threads.scm - threads, futures, mutexes, condition variables, exceptions across joins
(use-modules (ice-9 threads) (ice-9 futures) (srfi srfi-1))

(define (work n)
  (let loop ((i 0) (acc '()))
    (if (= i n) (fold + 0 acc)
        (begin
          (if (= 0 (modulo i 20000)) (gc))
          (loop (+ i 1) (cons i (if (= 0 (modulo i 1000)) (list (fold + 0 acc)) acc)))))))

(define results (map join-thread (map (lambda (i) (call-with-new-thread (lambda () (work (+ 50000 i)))))
                                      (iota 8))))
(format #t "threads ~a~%" results)
(format #t "n-par-map ~a~%" (n-par-map 4 (lambda (i) (length (iota (* i 100)))) (iota 50)))
(format #t "futures ~a~%" (fold + 0 (map touch (map (lambda (i) (future (work (* i 100)))) (iota 40)))))

(define m (make-mutex))
(define c (make-condition-variable))
(define queue '())
(define total 0)
(define producers
  (map (lambda (p)
         (call-with-new-thread
          (lambda ()
            (do ((i 0 (+ i 1))) ((= i 2000))
              (with-mutex m
                (set! queue (cons (make-vector 20 (+ i p)) queue))
                (signal-condition-variable c))))))
       (iota 3)))
(define consumer
  (call-with-new-thread
   (lambda ()
     (let loop ((n 0))
       (if (< n 6000)
           (let ((batch (with-mutex m
                          (while (null? queue) (wait-condition-variable c m))
                          (let ((b queue)) (set! queue '()) b))))
             (for-each (lambda (v) (set! total (+ total (vector-ref v 19)))) batch)
             (loop (+ n (length batch)))))))))
(for-each join-thread producers)
(join-thread consumer)
(format #t "queue ~a~%" total)

(format #t "short threads ~a~%"
        (fold + 0 (map (lambda (i) (join-thread (call-with-new-thread (lambda () (length (iota i))))))
                       (iota 200))))
(define canceled (call-with-new-thread (lambda () (let loop () (usleep 1000) (loop)))))
(cancel-thread canceled)
(join-thread canceled)
(let wait () ; it says so a moment after it was joined
  (unless (thread-exited? canceled)
    (usleep 1000)
    (wait)))
(format #t "canceled ~a~%" (thread-exited? canceled))
(define f (make-fluid 1))
(format #t "fluids ~a~%"
        (map join-thread
             (map (lambda (i) (with-fluids ((f i)) (call-with-new-thread (lambda () (gc) (fluid-ref f)))))
                  (iota 5))))
(display "done") (newline)
