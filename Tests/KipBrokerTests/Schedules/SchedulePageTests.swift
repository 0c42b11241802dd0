import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Very many schedules, and large ones, hold up nobody.
@Suite struct SchedulePageTests {
    private func harness(_ count: Int) throws -> CoreHarness {
        let start = Timestamp(milliseconds: 1_000_000)
        let schedules = try (0..<count).map { number in
            try ScheduleState(
                ScheduleDefinition(name: "n\(count - number)", cron: "* * * * *", kind: "k", payload: "{}"),
                after: start)
        }
        return CoreHarness(recovered: Recovered(schedules: schedules))
    }

    @Test("schedules that are due together fire in pages, each once, and nothing spins while a page is written")
    func pages() throws {
        let count = 2 * BrokerCore.firingsAtOnce + 20
        var harness = try harness(count)
        harness.now = harness.now.advanced(byMilliseconds: 60_000)
        harness.steady = harness.steady.advanced(byMilliseconds: 60_000)
        var pages: [Int] = []
        for _ in 0..<3 {
            harness.handle(.timer)
            let waitsForDisk = harness.core.wait(at: harness.moment) ?? .max
            #expect(pages.count == 2 || waitsForDisk > 0)
            // Another look at the clock adds nothing to the page.
            harness.handle(.timer)
            let batch = harness.core.takeBatch() ?? []
            pages.append(batch.count { if case .fireSchedule = $0 { true } else { false } })
            #expect(pages.count == 3 || harness.core.wait(at: harness.moment) == 0)
            harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        }
        #expect(pages == [BrokerCore.firingsAtOnce, BrokerCore.firingsAtOnce, 20])
        harness.handle(.timer)
        harness.settle()
        #expect(harness.ids.count == count)
        #expect(harness.core.schedules.allSatisfy { $0.lastNominal == harness.core.schedules[0].lastNominal })
        #expect(harness.core.schedules.allSatisfy { $0.lastNominal != nil })
    }

    @Test("a schedule is found by its name among many, in whatever order the store had them")
    func byName() throws {
        var harness = try harness(300)
        for number in 1...300 {
            let trigger = WireTriggerSchedule.with { $0.name = "n\(number)" }
            harness.say(.triggerSchedule(trigger), from: CoreHarness.peer("person"))
        }
        #expect(harness.takeSent().enqueued.count == 300)
        harness.say(.triggerSchedule(.with { $0.name = "n301" }), from: CoreHarness.peer("person"))
        #expect(harness.takeSent().refusals == ["not-found"])
    }

    @Test("triggers are bounded as other new jobs are")
    func triggers() throws {
        var settings = BrokerSettings()
        settings.unconfirmedMessages = 2
        let schedule = try ScheduleState(
            ScheduleDefinition(name: "s", cron: "* * * * *", kind: "k"), after: Timestamp(milliseconds: 1_000_000))
        var harness = CoreHarness(settings: settings, recovered: Recovered(schedules: [schedule]))
        for _ in 0..<3 {
            let trigger = WireTriggerSchedule.with { $0.name = "s" }
            harness.handle(
                .message(WireMessage(.triggerSchedule(trigger), request: 1), from: CoreHarness.peer("person")))
        }
        #expect(harness.takeSent().refusals == ["busy"])
    }

    @Test(
        "date and time are filled in wherever they stand, and what only looks like them stays",
        arguments: [
            ("{{date}}", "D"), ("{{{date}}}", "{D}"), ("{{time}}{{date}}", "TD"), ("{{dat}}", "{{dat}}"), ("", ""),
            ("{\"a\": {\"b\": \"{{date}} ờ {{time}}\"}}", "{\"a\": {\"b\": \"D ờ T\"}}"), ("{{date}", "{{date}"),
        ])
    func filled(_ text: String, _ expected: String) {
        let filled = ScheduleDefinition.filled(text, date: "D", time: "T")
        #expect(String(decoding: filled, as: UTF8.self) == expected)
    }

    @Test("a schedule whose jobs would be too large when date and time are filled in is refused")
    func tooLarge() throws {
        var harness = CoreHarness()
        let count = Limits.payloadBytes / 8
        var apply = WireApplySchedules()
        apply.schedules = [
            .with {
                $0.name = "s"
                $0.cron = "* * * * *"
                $0.kind = "k"
                $0.payload = String(repeating: "{{date}}", count: count)
            }
        ]
        harness.say(.applySchedules(apply), from: CoreHarness.peer("person"))
        #expect(harness.takeSent().refusals == ["too-large"])
    }
}
