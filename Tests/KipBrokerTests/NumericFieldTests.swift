import Foundation
import GRDB
import Testing

@testable import KipBroker
@testable import KipCore
@testable import KipStore

/// Every number and enum value that a peer can send, at its extremes and at the edges of its range: what is out of range is
/// refused, and nothing that is taken in stops the broker, whatever it is asked for afterwards, also after a restart.
@Suite struct NumericFieldTests {
    private static let day: Int64 = 86_400_000
    private static let tenYears = Limits.farthestMilliseconds
    private static let start = Timestamp(milliseconds: 1_700_000_000_000)

    /// The stated range of each numeric field of a request, by its path. A field that is missing here fails the test.
    private static let ranges: [String: ClosedRange<Int64>] = requestRanges.merging(optionRanges) { first, _ in first }

    /// The same of options of kinds and of schedules, wherever they stand.
    private static let optionRanges: [String: ClosedRange<Int64>] = {
        let options: [String: ClosedRange<Int64>] = [
            "priority": -1_000...1_000, "delayMs": 0...tenYears, "maxAttempts": 0...10_000, "timeoutMs": 0...tenYears,
            "backoff.baseMs": 0...(30 * day), "backoff.capMs": 0...(30 * day), "backoff.delaysMs": 0...(30 * day),
            "expiresMs": 0...tenYears, "withinMs": 0...tenYears, "concurrency": 0...1_000, "keepMs": 0...tenYears,
        ]
        var ranges: [String: ClosedRange<Int64>] = [:]
        for place in optionPlaces {
            for (name, range) in options { ranges["\(place).\(name)"] = range }
            // A schedule has a priority of its own.
            if place != "hello.kindOptions.options" { ranges["\(place).priority"] = 0...0 }
        }
        return ranges
    }()

    private static let optionPlaces = [
        "hello.kindOptions.options", "applySchedules.schedules.options", "applyScheduleSet.schedules.options",
    ]

    private static let requestRanges: [String: ClosedRange<Int64>] = [
        "enqueue.jobs.priority": -1_000...1_000,
        "enqueue.jobs.delayMs": 0...tenYears,
        "enqueue.jobs.runAtMs": 0...(start.milliseconds + tenYears),
        "enqueue.jobs.maxAttempts": 0...10_000,
        "enqueue.jobs.timeoutMs": 0...tenYears,
        "enqueue.jobs.backoff.baseMs": 0...(30 * day),
        "enqueue.jobs.backoff.capMs": 0...(30 * day),
        "enqueue.jobs.backoff.delaysMs": 0...(30 * day),
        "enqueue.jobs.conditions.expiresAtMs": 0...(start.milliseconds + tenYears),
        "enqueue.jobs.conditions.deadlineMs": 0...(start.milliseconds + tenYears),
        "enqueue.jobs.conditions.concurrency": 0...1_000,
        "enqueue.jobs.conditions.uniquePeriodMs": 0...tenYears,
        "enqueue.jobs.conditions.keepMs": 0...tenYears,
        "hello.credit": 1...Int64(Int32.max),
        "hello.places": 0...Int64(Int32.max),
        "hello.holding.attempt": 0...Int64(Int32.max),
        // Below 0 = none.
        "heartbeat.credit": Int64(Int32.min)...Int64(Int32.max),
        "beginEffect.attempt": 0...Int64(Int32.max),
        "settleEffect.attempt": 0...Int64(Int32.max),
        "readParents.attempt": 0...Int64(Int32.max),
        "readParents.from": 0...Int64(Int32.max),
        "progress.attempt": 0...Int64(Int32.max),
        "progress.log.atMs": 0...Limits.latestMilliseconds,
        // The broker's own: it is not read in a request.
        "progress.log.attempt": Int64(Int32.min)...Int64(Int32.max),
        "listJobs.limit": 0...10_000,
        "listJobs.createdFromMs": 0...Limits.latestMilliseconds,
        "listJobs.createdBeforeMs": 0...Limits.latestMilliseconds,
        "applyScheduleSet.schedules.priority": -1_000...1_000,
        "applyScheduleSet.schedules.jitterMs": 0...day,
        "applyScheduleSet.schedules.nextAtMs": .min ... .max,
        "applyScheduleSet.schedules.lastNominalMs": .min ... .max,
        "listEffects.limit": 0...10_000,
        "scheduleHistory.limit": 0...10_000,
        "pruneJobs.beforeMs": 0...Limits.latestMilliseconds,
        "pruneJobs.limit": 0...10_000,
        "changeControl.control.weight": 0...1_000,
        "changeControl.control.concurrency": 0...1_000_000,
        "changeControl.control.rate": 0...10_000,
        "changeControl.control.ratePeriodMs": 0...day,
        "changeControl.control.mostWaiting": 0...1_000_000_000_000,
        "changeControl.control.changedAtMs": .min ... .max,
        "applySchedules.schedules.priority": -1_000...1_000,
        "applySchedules.schedules.jitterMs": 0...day,
        "applySchedules.schedules.nextAtMs": .min ... .max,
        "applySchedules.schedules.lastNominalMs": .min ... .max,
        "results.results.attempt": 0...Int64(Int32.max),
        "results.results.retryAfterMs": 0...(30 * day),
    ]

    /// The range of each number that need not be whole.
    private static let realRanges: [String: ClosedRange<Double>] = [
        "enqueue.jobs.backoff.factor": 1...100, "enqueue.jobs.backoff.jitter": 0...1,
        "progress.fraction": -Double.infinity...1,
    ].merging(
        optionPlaces.flatMap { [("\($0).backoff.factor", 1...100), ("\($0).backoff.jitter", 0...1)] }
    ) { first, _ in first }

    /// Everything that an operator and a worker may want of what is there now.
    private func lookAtAll(_ house: StoreHarness) throws {
        #expect(house.ask(.readOverview(WireReadOverview())) != nil)
        house.ask(.listQueues(WireListQueues()))
        house.ask(.listControls(WireListControls()))
        house.ask(.listSchedules(WireListSchedules()))
        var list = WireListJobs()
        list.limit = 10_000
        guard case .jobList(let jobs)? = house.ask(.listJobs(list))?.header.body else {
            Issue.record("no list")
            return
        }
        for job in jobs.jobs {
            house.ask(.explainJob(.with { $0.id = job.id }))
            house.ask(.showJob(.with { $0.id = job.id }))
        }
        house.ask(.listWorkers(WireListWorkers()))
        house.hello("looker", credit: 10_000)
        house.settle()
        house.pass(seconds: 2)
        #expect(house.ask(.readOverview(WireReadOverview())) != nil)
    }

    // MARK: Tests

    /// Fields of a request that are numbers or enum values.
    private static func paths(of request: String) -> [RequestFields.Path] {
        RequestFields.paths(of: request).filter { path in
            switch path.type {
            case .string, .bytes, .bool, .uint64: false
            default: true
            }
        }
    }

    /// Requests that have such fields.
    private static let requests = RequestFields.samples.keys.filter { !paths(of: $0).isEmpty }.sorted()

    @Test("every number of every request, in both encodings", arguments: requests)
    func numbers(request: String) throws {
        let house = try StoreHarness()
        for path in Self.paths(of: request) {
            if case .choice = path.type { continue }
            if path.type == .double { continue }
            guard let range = Self.ranges[path.name] else {
                Issue.record("\(path.name) has no stated range")
                continue
            }
            let limits = path.type == .int32 ? Int64(Int32.min)...Int64(Int32.max) : Int64.min...Int64.max
            var values: Set<Int64> = [limits.lowerBound, limits.upperBound, -1, 0, 1]
            for edge in [range.lowerBound, range.upperBound] {
                // Saturated, so that the ends of `Int64` have no neighbour.
                let near = [edge.subtractingSaturated(1), edge, edge.addingSaturated(1)]
                values.formUnion(near.filter(limits.contains))
            }
            for value in values.sorted() {
                let whole = try RequestFields.request(setting: path, to: String(value), in: house)
                let codes = try RequestFields.send(request, whole, to: house)
                let refusals = codes.map { ["invalid", "too-large"].contains($0) }
                let isRefused = !range.contains(value)
                #expect(refusals == [isRefused, isRefused], "\(path.name) = \(value): \(codes)")
                // No later than a page's caches: what a peer asks for next.
                #expect(house.ask(.readOverview(WireReadOverview())) != nil)
            }
        }
        try lookAtAll(house)
        try house.restart()
        try lookAtAll(house)
    }

    @Test("every number that need not be whole, in both encodings", arguments: realRanges.keys.sorted())
    func reals(name: String) throws {
        let house = try StoreHarness()
        guard let path = RequestFields.path(name), let range = Self.realRanges[name] else {
            Issue.record("\(name) is no field")
            return
        }
        let values: [(any Sendable, Double)] = [
            ("NaN", .nan), ("Infinity", .infinity), ("-Infinity", -.infinity), (-1, -1), (0.5, 0.5), (1, 1), (1.5, 1.5),
            (100, 100), (101, 101), (1e308, 1e308),
        ]
        for (text, value) in values {
            let request = try RequestFields.request(setting: path, to: text, in: house)
            let codes = try RequestFields.send(path.request, request, to: house)
            let isRefused = !range.contains(value)
            #expect(codes.map { $0 == "invalid" } == [isRefused, isRefused], "\(name) = \(text): \(codes)")
        }
        try lookAtAll(house)
        try house.restart()
        try lookAtAll(house)
    }

    @Test("every number of a request has a stated range")
    func coverage() {
        #expect(RequestFields.missing == [], "requests that are not tried")
        for path in Self.requests.flatMap(Self.paths) {
            switch path.type {
            case .choice: break
            case .double: #expect(Self.realRanges[path.name] != nil, "\(path.name)")
            default: #expect(Self.ranges[path.name] != nil, "\(path.name)")
            }
        }
    }

    @Test("an enum value that is not known is refused, never taken for another", arguments: requests)
    func choices(request: String) throws {
        let house = try StoreHarness()
        for path in Self.paths(of: request) {
            guard case .choice = path.type else { continue }
            for value in [77, -1, Int(Int32.max), Int(Int32.min)] {
                let whole = try RequestFields.request(setting: path, to: value, in: house)
                #expect(
                    try RequestFields.send(request, whole, to: house) == ["invalid", "invalid"],
                    "\(path.name) = \(value)")
            }
        }
    }

    @Test("children of results pass the same door")
    func children() throws {
        for value in [Int64.min, -1, .max] {
            let house = try StoreHarness()
            house.hello()
            let id = house.enqueue()
            guard let hand = house.workers["w"], let held = hand.held[id] else {
                Issue.record("the job was not handed out")
                return
            }
            var result = WireResult()
            result.id = id
            result.attempt = held.attempt
            result.outcome = .succeeded
            var child = StoreHarness.job()
            child.runAtMs = value
            result.children = [child]
            var results = WireResults()
            results.workerID = hand.hello.workerID
            results.session = hand.session
            results.results = [result]
            let answer = house.ask(.results(results), payloads: [[], []], from: "w")
            guard case .error(let refused)? = answer?.header.body else {
                Issue.record("a child that runs at \(value) was taken in")
                continue
            }
            #expect(refused.code == "invalid")
            #expect(house.ask(.readOverview(WireReadOverview())) != nil)
        }
    }

    @Test(
        "a row of an earlier release with such a time stops neither a start nor a question",
        arguments: [Int64.min, .max])
    func rows(time: Int64) throws {
        let house = try StoreHarness()
        for _ in 0..<3 { house.enqueue() }
        house.store?.close()
        try house.store?.queue.write { db in
            try db.execute(
                sql: "UPDATE jobs SET run_at = ?, created_at = ?, expires_at = ?, deadline = ?",
                arguments: [time, time, time, time])
            try db.execute(sql: "UPDATE jobs SET state = 1 WHERE id = (SELECT min(id) FROM jobs)")
            try db.execute(sql: "UPDATE jobs SET retry = '-5,nan,9223372036854775807,inf'")
        }
        try house.restart()
        try lookAtAll(house)
        try house.restart()
        try lookAtAll(house)
    }

    @Test(
        "rows with counts beyond all ranges, as no release has written them, stop neither a start nor a question",
        arguments: [
            "priority", "failures", "max_attempts", "losses", "interruptions", "waits_for", "timeout_ms",
        ], [Int64.min, -1, .max])
    func counts(column: String, value: Int64) throws {
        let house = try StoreHarness()
        house.hello("runner", kinds: ["running"])
        house.enqueue("running")
        for _ in 0..<3 { house.enqueue() }
        house.store?.close()
        try house.store?.queue.write { db in
            try db.execute(sql: "UPDATE jobs SET \(column) = ?", arguments: [value])
            try db.execute(sql: "UPDATE attempts SET attempt = ?", arguments: [value])
            try db.execute(
                sql: "INSERT INTO starts (queue, at, jobs) VALUES ('default', 1, ?), ('default', 2, ?)",
                arguments: [value, value])
        }
        for _ in 0..<2 {
            try house.restart()
            try lookAtAll(house)
            for id in house.begun.ids where house.running.contains(id) { house.fail(id) }
        }
    }
}
