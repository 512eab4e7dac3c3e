;;; ecl-threads.lsp - processes, locks, condition variables, mailboxes
(defun work (n)
  (let ((acc nil) (s 0))
    (dotimes (i n) (push (list i (* i i)) acc)
      (when (zerop (mod i 1000)) (incf s (length acc)) (setf acc nil)))
    (+ s (length acc))))
(defvar *results* (make-array 8 :initial-element nil))
#+threads
(progn
  (let ((ps (loop for i below 8 collect
                  (let ((i i)) (mp:process-run-function 'w (lambda () (setf (aref *results* i) (work (+ 20000 i)))))))))
    (mapc #'mp:process-join ps))
  (format t "threads ~a~%" *results*)
  (let ((lock (mp:make-lock)) (count 0))
    (mapc #'mp:process-join
          (loop repeat 6 collect
                (mp:process-run-function 'c (lambda () (dotimes (i 3000) (mp:with-lock (lock) (incf count) (make-array 20)))))))
    (format t "locks ~a~%" count))
  (let* ((box (mp:make-mailbox :count 16))
         (p (mp:process-run-function 'p (lambda () (dotimes (i 2000) (mp:mailbox-send box (list i (make-string 10)))))))
         (s 0))
    (dotimes (i 2000) (incf s (car (mp:mailbox-read box))) (when (zerop (mod i 500)) (ext:gc)))
    (mp:process-join p)
    (format t "mailbox ~a~%" s))
  (format t "short ~a~%" (loop for i below 100 sum (let ((r 0) (i i)) (mp:process-join (mp:process-run-function 's (lambda () (setf r (length (make-list i)))))) r))))
(format t "done~%")
(ext:quit 0)
