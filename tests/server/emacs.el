;;; A session with eglot: a missing key is shown, completed, and gone; hover, definition, rename. -*- lexical-binding: t -*-

(dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa-src/*"))
  (add-to-list 'load-path folder))
(require 'eglot)
(require 'yaml-mode)
(setq eglot-connect-timeout 60 eglot-sync-connect 60 eglot-confirm-server-initiated-edits nil
      make-backup-files nil create-lockfiles nil)
(fset 'y-or-n-p (lambda (&rest _) t))
(load (getenv "CMLINT_SETUP"))

(defun until (what condition)
  "Wait until CONDITION holds; WHAT is said where it does not."
  (with-timeout (30 (princ (format "not so: %s\n" what)) (kill-emacs 1))
    (while (not (funcall condition)) (accept-process-output nil 0.05))))

(defun shown ()
  "The messages of the diagnostics of the buffer."
  (mapcar (lambda (each) (car (split-string (flymake-diagnostic-text each) "\n"))) (flymake-diagnostics)))

(find-file "pod.yaml")
(yaml-mode)
(eglot-ensure)
(call-interactively #'eglot)
(until "a server" #'eglot-current-server)
(until "missing-key" (lambda () (flymake-start) (shown)))
(princ (format "problem %s\n" (car (shown))))
(goto-char (point-min))
(search-forward "key: SPECIAL")
(let ((found (eglot-completion-at-point)))
  (princ (format "proposals %s\n" (all-completions "" (nth 2 found)))))
(insert "_LEVEL")
(eglot--signal-textDocument/didChange) ; in batch mode, no timer does it
(until "no problem" (lambda () (flymake-start) (not (shown))))
(goto-char (point-min))
(search-forward "special-con")
(let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
  (princ (format "hover %s\n" (car (split-string (plist-get (plist-get hover :contents) :value) "\n")))))
(save-excursion
  (let ((found (car (xref-backend-definitions 'eglot "special-config"))))
    (princ (format "definition %s\n" (file-name-nondirectory (xref-location-group (xref-item-location found)))))))
(eglot-rename "app-config")
(save-some-buffers t)
(eglot-shutdown (eglot-current-server))
