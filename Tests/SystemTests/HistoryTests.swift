import Foundation
import OwnThread
import Testing

@testable import kip

/// What people did to a job or a schedule is told afterwards, with their names.
@Suite(.serialized, .ownThread) struct HistoryTests {
    @Test("explain tells who cancelled and woke a job, in the order of time; nothing is told twice")
    func decisions() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let id = try #require(try house.kip("enqueue", "k", "--hold").lines.first)
        func say(_ who: String, _ word: String) throws {
            let said = try house.run("env", ["KIP_BY=\(who)", "kip", "jobs", word, id])
            #expect(said.code == 0, "\(said.error)")
        }
        try say("Lan", "release")
        try say("Minh", "cancel")
        try say("Hoa", "retry")
        try say("Tú", "cancel")
        let told = try house.kip("jobs", "explain", id)
        // The day, the time and the offset come before the words.
        let history = told.lines.drop { $0 != "history" }.dropFirst()
            .map { $0.split(separator: " ").dropFirst(3).joined(separator: " ") }
        #expect(
            history == [
                "enqueued", "released by Lan", "cancelled by Minh", "retried by Hoa", "cancelled by Tú",
            ], "\(told.out)")
        #expect(try house.kip("jobs", "explain", id, "--json").out.contains(#""by":"Hoa""#))
        // What is told of a job goes with it.
        #expect(try house.kip("jobs", "prune", "--older-than", "0s").code == 0)
        #expect(try house.kip("jobs", "explain", id).code == 65)
    }

    @Test(
        "a job that is triggered by hand stands in the history of its schedule, with who; times are the schedule's own")
    func triggers() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let file = "schedules:\n  - {name: yearly, cron: '30 7 2 1 *', timezone: Asia/Ho_Chi_Minh, kind: k}\n"
        let applied = try house.run("env", ["TZ=America/New_York", "kip", "schedules", "apply", "-"], input: file)
        #expect(applied.code == 0, "\(applied.error)")
        #expect(applied.out.contains("-01-02 07:30:00 +07"), "\(applied.out)")
        #expect(try house.kip("schedules", "history", "yearly").lines.isEmpty)
        let id = try #require(
            try house.run("env", ["KIP_BY=Lan", "kip", "schedules", "trigger", "yearly"]).lines.first)
        let told = try house.run("env", ["TZ=America/New_York", "kip", "schedules", "history", "yearly"])
        #expect(told.lines.count == 2)
        let line = try #require(told.lines.last)
        #expect(line.hasPrefix("by hand, Lan"))
        #expect(line.contains(" +07 "))
        #expect(line.hasSuffix(id))
    }
}
