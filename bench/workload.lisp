;;; workload.lisp - a garbage-heavy program for ECL.
;;;
;;; The same idea as workload.scm; run by ECL's byte-code compiler:
;;;     ecl --norc --shell workload.lisp
;;;
;;; SPDX-License-Identifier: MIT

(defstruct node left right (value 1))

(defun make-tree (depth)
  (if (zerop depth)
      (make-node)
      (make-node :left (make-tree (1- depth)) :right (make-tree (1- depth)))))

(defun tree-sum (n)
  (if (node-left n)
      (+ (node-value n) (tree-sum (node-left n)) (tree-sum (node-right n)))
      (node-value n)))

(defun trees (rounds)
  (let ((kept (make-tree 14)) (sum 0))
    (dotimes (i rounds)
      (incf sum (tree-sum (make-tree 11))))
    (+ sum (tree-sum kept))))

(defun lists (rounds)
  (let ((sum 0))
    (dotimes (i rounds sum)
      (let ((l '()))
        (dotimes (k 5000) (push (+ k i) l))
        (incf sum (reduce #'+ (remove-if-not #'oddp (mapcar #'1+ (reverse l)))))))))

(defun words (rounds)
  (let ((table (make-hash-table :test #'equal)) (sum 0))
    (dotimes (i rounds)
      (let ((word (concatenate 'string "w" (princ-to-string (mod (* i 7919) 30011)))))
        (incf (gethash word table 0) (length (string-upcase word)))))
    (maphash (lambda (k v) (incf sum (+ v (length k)))) table)
    sum))

(defun vectors (rounds)
  (let ((sum 0))
    (dotimes (i rounds sum)
      (let ((v (make-array 20000 :initial-element nil)))
        (dotimes (k 20000)
          (setf (aref v k) (cons (mod (* (+ k i) 7919) 20011) k)))
        (incf sum (cdr (aref (sort v #'< :key #'car) 10000)))))))

(defun bignums (limit)
  (let ((product 1))
    (loop for i from 1 to limit do (setf product (* product i)))
    (integer-length product)))

(format t "@bench name=ecl work=~D~%"
        (+ (trees 150) (lists 120) (words 120000) (vectors 8) (bignums 5000)))
(finish-output)
(quit)
