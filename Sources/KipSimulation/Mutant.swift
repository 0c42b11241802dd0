import KipBroker

/// A way to break the queue on purpose. A simulation that does not notice it proves nothing.
public struct Mutant: Sendable, Hashable {
    /// What is broken.
    public let name: String
    /// A rule of the core that is broken; nil = something around it.
    let inCore: Break?
    let around: Surroundings?

    /// Rules of the core, each broken.
    public static let core = Break.allCases.filter { !ofConditions.contains($0) }.map {
        Mutant(name: $0.rawValue, inCore: $0, around: nil)
    }

    /// What jobs ask for beside a worker, each rule broken, in the core and on the disk.
    public static let conditions =
        ofConditions.map { Mutant(name: $0.rawValue, inCore: $0, around: nil) }
        + diskConditions.map { Mutant(name: $0.rawValue, inCore: nil, around: $0) }

    private static let ofConditions: [Break] = [
        .ignoresExpiry, .ignoresControls, .ignoresCredit, .ignoresRates, .ignoresLimits,
    ]
    private static let diskConditions: [Surroundings] = [
        .forgetsParents, .forgetsPlaces, .forgetsHolds, .forgetsRooms, .keepsDoneKeys, .letsNobodyIn, .reopensNobody,
        .prunesTooMuch, .forgetsDependents,
    ]

    /// Things around the core, each broken: disk, clock, network, start.
    public static let surroundings = Surroundings.allCases.filter { !diskConditions.contains($0) }.map {
        Mutant(name: $0.rawValue, inCore: nil, around: $0)
    }
}

/// What is broken around the core.
enum Surroundings: String, CaseIterable, Sendable {
    /// The shell says that a batch is written as soon as it is asked to write it.
    case answersForTheDisk
    /// A batch that the disk refused is reported as written.
    case swallowsFailedCommits
    /// A crash leaves the first half of a batch behind.
    case tearsBatches
    /// The store does not look whether a unique key is taken.
    case storesKeysTwice
    /// A broker that starts does not learn which jobs run.
    case forgetsRunning
    /// The number of an attempt, its fence, is forgotten while the job waits.
    case forgetsFence
    /// A broker that starts does not learn whose the workers' ids are.
    case forgetsOwners
    /// A worker may begin, and tell of, every effect, whatever its key says.
    case ignoresEffectRights
    /// The intent of an effect is not written.
    case forgetsIntents
    /// A journal that is as old as a restored backup is taken for proof that nothing was done since.
    case trustsOldJournals
    /// The reconciliation of a restored backup ignores effects that were only begun since.
    case forgetsBegunEffects
    /// Lost workers are not counted on disk.
    case storesNoLosses
    /// The broker is never told that time passes.
    case hearsNoTimer
    /// Work is sent twice.
    case sendsWorkTwice
    /// Nobody waits for those that it came after.
    case forgetsParents
    /// As many as like run with one concurrency key.
    case forgetsPlaces
    /// Held jobs are not held.
    case forgetsHolds
    /// A queue takes more than may wait in it.
    case forgetsRooms
    /// A key that stands until its job is done stands for ever.
    case keepsDoneKeys
    /// Nobody gets a place that comes free.
    case letsNobodyIn
    /// What was cancelled with a job that is woken is not woken with it.
    case reopensNobody
    /// Ended jobs are taken away, however young, and whoever reads them.
    case prunesTooMuch
    /// What a batch could not tell those that came after a job is not told in a later one.
    case forgetsDependents
}
