import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Sets of schedules of several owners.
@Suite struct ScheduleOwnerTests {
    private static func schedule(_ name: String, _ edit: (inout WireSchedule) -> Void = { _ in }) -> WireSchedule {
        var schedule = WireSchedule()
        schedule.name = name
        schedule.cron = "0 7 * * *"
        schedule.kind = "k"
        edit(&schedule)
        return schedule
    }

    private static func apply(
        _ names: [String], owner: String, dryRun: Bool = false, in harness: StoreHarness
    ) -> WireMessage? {
        var apply = WireApplyScheduleSet()
        apply.owner = owner
        apply.schedules = names.map { schedule($0) }
        apply.dryRun = dryRun
        return harness.ask(.applyScheduleSet(apply))
    }

    private static func names(_ harness: StoreHarness) throws -> [String] {
        guard case .scheduleList(let list)? = harness.answered(.listSchedules(WireListSchedules())) else {
            throw Refusal(.invalid, "no list")
        }
        return list.schedules.map { "\($0.owner)/\($0.name)" }
    }

    @Test("an owner's set replaces that owner's, on disk and in the core; an earlier client's is the unnamed one")
    func sets() throws {
        let harness = try StoreHarness()
        _ = Self.apply(["a", "b"], owner: "office", in: harness)
        _ = Self.apply(["c"], owner: "billing", in: harness)
        var old = WireApplySchedules()
        old.schedules = [Self.schedule("d"), Self.schedule("e")]
        harness.ask(.applySchedules(old))
        #expect(try Self.names(harness) == ["office/a", "office/b", "billing/c", "/d", "/e"])
        _ = Self.apply(["b"], owner: "office", in: harness)
        old.schedules = []
        harness.ask(.applySchedules(old))
        #expect(try Self.names(harness) == ["office/b", "billing/c"])
        #expect(harness.core.schedules.map(\.definition.name) == ["b", "c"])
        try harness.restart()
        #expect(harness.core.schedules.map(\.definition.owner) == ["office", "billing"])
    }

    @Test("all owners together have so many schedules, and no more")
    func limit() throws {
        let harness = try StoreHarness()
        _ = Self.apply(["a", "b"], owner: "office", in: harness)
        let many = (1..<Limits.schedules).map { "s\($0)" }
        let answer = try #require(Self.apply(many, owner: "billing", in: harness))
        #expect([answer].refusals == [Refusal.Code.tooLarge.rawValue])
        #expect(try Self.names(harness) == ["office/a", "office/b"])
    }

    @Test("a name of another owner is refused, and nothing is changed")
    func otherOwner() throws {
        let harness = try StoreHarness()
        _ = Self.apply(["a"], owner: "office", in: harness)
        let answer = try #require(Self.apply(["a", "z"], owner: "billing", in: harness))
        #expect([answer].refusals == ["conflict"])
        #expect(try Self.names(harness) == ["office/a"])
    }

    @Test("a name that another owner's file is just bringing is not taken from it")
    func underway() throws {
        let harness = try StoreHarness()
        harness.isDiskSlow = true
        _ = Self.apply(["a"], owner: "office", in: harness)
        let answer = try #require(Self.apply(["a"], owner: "billing", in: harness))
        #expect([answer].refusals == ["busy"])
        harness.isDiskSlow = false
        #expect(try Self.names(harness) == ["office/a"])
    }

    @Test("a dry run says what would be, and changes nothing")
    func dryRun() throws {
        let harness = try StoreHarness()
        _ = Self.apply(["a"], owner: "office", in: harness)
        guard case .scheduleList(let list)? = Self.apply(["b"], owner: "office", dryRun: true, in: harness)?.header.body
        else { throw Refusal(.invalid, "no list") }
        #expect(list.schedules.map(\.name) == ["b"])
        #expect(list.schedules[0].nextAtMs > harness.now.milliseconds)
        #expect(try Self.names(harness) == ["office/a"])
        var wrong = WireApplyScheduleSet()
        wrong.dryRun = true
        wrong.schedules = [Self.schedule("x") { $0.cron = "61 * * * *" }]
        #expect([harness.ask(.applyScheduleSet(wrong))].compactMap { $0 }.refusals == ["invalid"])
    }

    @Test("what a schedule says of its jobs is kept over restarts, given back, and refused where no job could begin")
    func options() throws {
        let harness = try StoreHarness()
        var apply = WireApplyScheduleSet()
        apply.schedules = [
            Self.schedule("s") {
                $0.cron = "* * * * *"
                $0.options.maxAttempts = 2
                $0.options.delayMs = 1_000
                $0.options.redact = true
                $0.options.backoff.delaysMs = [5]
                $0.options.backoff.exact = true
            }
        ]
        harness.ask(.applyScheduleSet(apply))
        try harness.restart()
        guard case .scheduleList(let list)? = harness.answered(.listSchedules(WireListSchedules())) else {
            throw Refusal(.invalid, "no list")
        }
        #expect(list.schedules[0].options.maxAttempts == 2)
        #expect(list.schedules[0].options.backoff.delaysMs == [5])
        harness.pass(seconds: 60)
        let job = try #require(harness.list().jobs.first)
        #expect(job.maxAttempts == 2)
        #expect(job.runAtMs >= job.createdAtMs + 1_000)
        apply.schedules = [
            Self.schedule("s") {
                $0.jitterMs = 60_000
                $0.options.expiresMs = 60_000
            }
        ]
        #expect([harness.ask(.applyScheduleSet(apply))].compactMap { $0 }.refusals == ["invalid"])
    }
}

extension StoreHarness {
    /// The body of the answer.
    func answered(_ body: WireHeader.OneOf_Body) -> WireHeader.OneOf_Body? { ask(body)?.header.body }
}
