// Whoever writes a job needs the words of KipCore (Job, JobContext, Outcome) and nothing else: one import is enough.
@_exported import KipCore
