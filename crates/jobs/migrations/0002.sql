-- Some loops ask for the due tasks of a few handlers only: they find them however many were done before.
CREATE INDEX jobs_task_lane ON jobs_task (handler, due_at) WHERE state = 'due';
