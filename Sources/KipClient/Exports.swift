// Whoever enqueues needs the words of KipCore (Job, JobOptions, JobID): one import is enough.
@_exported import KipCore
