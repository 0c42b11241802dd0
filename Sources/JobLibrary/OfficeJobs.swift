import KipCore
import KipWorker

/// The kinds of the common job library.
public enum OfficeJobs {
    /// All of them.
    public static let kinds: [any Job.Type] = [
        BounceSweep.self, ReminderSweep.self, ReminderNotice.self, DunningLetter.self, LateCaseSweep.self,
        ApologyLetter.self,
        LeaderDossier.self, ReportCompilation.self, ReportSection.self, ReportAssembly.self,
        RetentionSweep.self,
    ]

    /// Registers the kinds, and who knows what became of their effects.
    public static func register(in registry: inout JobRegistry) {
        for kind in kinds { registry.register(kind) }
        registry.reconcile(prefix: ApologyLetter.effects, ApologyLetter.look)
        registry.reconcile(prefix: ApologyLetter.mails, ApologyLetter.look)
        registry.reconcile(prefix: LeaderDossier.effects, LeaderDossier.look)
        registry.reconcile(prefix: ReminderNotice.effects, ReminderNotice.look)
        registry.reconcile(prefix: ReminderNotice.prints, ReminderNotice.look)
        registry.reconcile(prefix: DunningLetter.effects, DunningLetter.look)
    }
}
