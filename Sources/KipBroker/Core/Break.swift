/// A rule of the core that is broken on purpose, so that the simulation can show that it would notice
/// (`kip-simulate --mutants`). Code outside of this package cannot select one. The last five are rules of conditions and
/// limits.
package enum Break: String, CaseIterable, Sendable {
    /// A result counts from whoever sends it, for whatever attempt runs.
    case skipsFence
    /// Producers are told that their jobs are stored before the disk has them.
    case confirmsBeforeCommit
    /// Workers get their jobs before the disk has the leases.
    case handsOutBeforeCommit
    /// Nobody looks whether a unique key stands for something else.
    case forgetsKeys
    /// The children of a success are not written with it.
    case dropsChildren
    /// A commit that failed is not undone.
    case forgetsFailedCommits
    /// What a worker comes back without is still taken for its own.
    case keepsUnannounced
    /// A job whose effect is in doubt is tried again.
    case retriesInDoubt
    /// Lost workers are not counted.
    case forgetsLosses
    /// A job that failed is tried again at once.
    case noBackoff
    /// A job that failed as often as it may is tried again all the same.
    case neverDead
    /// A job that a draining worker gives back counts as a failure.
    case drainCosts
    /// The job with the lowest priority is handed out first.
    case ignoresPriority
    /// A goodbye counts from any connection, for any session.
    case goodbyeAnySession
    /// The time in which the broker itself stood still is counted against its workers.
    case ignoresStall
    /// A worker is lost as soon as its lease has ended, though its words may wait to be read.
    case noGrace
    /// Jobs of a message with one unique key are not taken for one.
    case noTwins
    /// A firing that could not be written is not due again.
    case schedNotRestored
    /// A reconciler that was not asked is heard.
    case hearsUnasked
    /// A worker's messages are accepted from any connection and in any session.
    case anySession
    /// A worker's id may be said by the owner of another key.
    case ignoresOwners
    /// A schedule that makes up for one missed time makes up for all.
    case onceCatchesUpAll
    /// Jobs that were lost with a worker run beside all others.
    case isolatesNobody
    /// A worker that isolates jobs never takes ordinary jobs, even if no other worker takes them.
    case stopsForIsolated
    /// Workers get kinds that they have not declared.
    case ignoresKinds
    /// Jobs are begun when it is too late for them.
    case ignoresExpiry
    /// What operators have paused or limited is handed out.
    case ignoresControls
    /// A worker that wants fewer jobs gets as many as before.
    case ignoresCredit
    /// More jobs of a queue begin than its rate allows.
    case ignoresRates
    /// Times that were computed while the clock was ahead are not corrected when it is put back.
    case keepsWaitsOfLaterClock
    /// More jobs of a queue run at once than its limit allows.
    case ignoresLimits
}
