/// A way to break the queue on purpose. A simulation that does not notice it proves nothing.
public enum Mutant: String, CaseIterable, Sendable {
    /// Producers and workers hear of a batch before it is on disk.
    case confirmsBeforeCommit
    /// A batch that the disk refused is reported as written.
    case swallowsFailedCommits
    /// A crash leaves the first half of a batch behind.
    case tearsBatches
    /// The store does not look whether a unique key is taken.
    case forgetsKeys
    /// A broker that starts does not learn which jobs run.
    case forgetsRunning
    /// The number of an attempt, its fence, is forgotten while the job waits.
    case forgetsFence
    /// The intent of an effect is not written.
    case forgetsIntents
    /// Lost workers are not counted.
    case forgetsLosses
    /// The broker is never told that time passes.
    case hearsNoTimer
    /// Work is sent twice.
    case sendsWorkTwice
}
