import Foundation

/// How many worker processes a pool wants, as a value: what is seen goes in, a number comes out. It grows by one where
/// jobs wait and every place is taken, and shrinks by one where the work has fitted into fewer processes for a while.
struct PoolSize: Sendable {
    /// How far, and when.
    struct Rule: Sendable, Equatable {
        /// Never fewer, never more.
        var range: ClosedRange<Int>
        /// A wait of so long at the head of a queue wants another process.
        var growsAt = Duration.seconds(1)
        /// So long the work must have fitted into one process less.
        var shrinksAfter = Duration.seconds(30)
    }

    /// What a pool sees at one moment.
    struct Sight: Sendable {
        /// Of the job that has waited longest in a queue that the pool serves.
        var longestWait: Duration
        /// Processes that are there and not leaving.
        var processes: Int
        /// What each of them holds that the broker hears.
        var holding: [Int]
        /// Jobs that one process runs at once.
        var places: Int

        /// All are there, and none has room: what waits would not start sooner by waiting.
        fileprivate var isBusy: Bool { isWhole && holding.allSatisfy { $0 >= places } }
        fileprivate var isWhole: Bool { processes > 0 && holding.count == processes }

        /// Without one of them the others would hold all of it. What waits nevertheless is not for these workers: a kind
        /// that they do not know, a paused queue, a rate. So it keeps no process.
        fileprivate var fitsIntoOneLess: Bool {
            isWhole && holding.reduce(0, +) <= (processes - 1) * places
        }
    }

    let rule: Rule
    private(set) var wanted: Int
    private var roomySince: ContinuousClock.Instant?

    /// The least that the rule allows.
    init(_ rule: Rule) {
        self.rule = rule
        wanted = rule.range.lowerBound
    }

    /// Takes in what is seen, in order.
    /// - Returns: how many processes there should be, one more or less than before at the most.
    @discardableResult
    mutating func observe(_ sight: Sight, at now: ContinuousClock.Instant) -> Int {
        let isRoomy = sight.fitsIntoOneLess
        let since = isRoomy ? roomySince ?? now : nil
        roomySince = since
        if sight.isBusy, sight.longestWait > rule.growsAt {
            // Not from what was wanted: one that is still to come is not to be followed by another.
            wanted = min(rule.range.upperBound, max(wanted, sight.processes + 1))
        } else if let since, now - since >= rule.shrinksAfter, wanted > rule.range.lowerBound {
            wanted -= 1
            roomySince = now
        }
        return wanted
    }

    /// The broker does not answer: nothing is known, so nothing changes, and no time counts as roomy.
    mutating func loseSight() {
        roomySince = nil
    }
}

extension PoolSize.Rule {
    /// Reads `4`, or `2..8`.
    /// - Throws: `Failure` that says what would be right.
    static func range(_ text: String) throws -> ClosedRange<Int> {
        let ends = text.components(separatedBy: "..").map { Int($0) }
        guard ends.count <= 2, let least = ends[0], let most = ends[ends.count - 1], least >= 1, least <= most,
            most <= mostProcesses
        else {
            throw Failure.usage(
                "--processes “\(text)” is neither a number, such as 4, nor a range, such as 2..8, from 1 to \(mostProcesses)"
            )
        }
        return least...most
    }

    /// More is a slip: each is a process of its own, with a connection to the broker.
    private static let mostProcesses = 1_000
}
