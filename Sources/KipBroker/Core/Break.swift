/// A rule of the core that is broken on purpose, so that the simulation can show that it would notice
/// (`kip-simulate --mutants`). Nobody outside of this package can ask for one. The last six are rules of conditions and
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
    /// Workers get kinds that they have not declared.
    case ignoresKinds
    /// Jobs are begun when it is too late for them.
    case ignoresExpiry
    /// What operators have paused or limited is handed out.
    case ignoresControls
    /// The lane of a job that is on its way to the disk is forgotten.
    case forgetsBusyNames
    /// A worker that wants fewer jobs gets as many as before.
    case ignoresCredit
    /// More jobs of a queue begin than its rate allows.
    case ignoresRates
    /// More jobs of a queue run at once than its limit allows.
    case ignoresLimits
}
