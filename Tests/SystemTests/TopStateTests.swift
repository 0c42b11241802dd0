import KipClient
import Testing

@testable import kip

/// Keys and looks.
@Suite struct TopStateTests {
    @Test("a cursor stays on its row when others come before it")
    func follows() {
        var state = TopScene.state(TopScene.snapshot(queues: 3))
        _ = state.press(.down)
        var next = TopScene.snapshot(queues: 3)
        next.queues.insert(QueueTempoRecord(name: "a new one"), at: 0)
        state.show(next)
        #expect(state.cursor(.queues) == 2)
    }

    @Test("a cursor whose row is gone stays within the table; an empty table has none")
    func gone() {
        var state = TopScene.state(TopScene.snapshot(queues: 3))
        for _ in 0..<9 { _ = state.press(.down) }
        #expect(state.cursor(.queues) == 2)
        state.show(TopScene.snapshot(queues: 1))
        #expect(state.cursor(.queues) == 0)
        state.show(TopScene.snapshot())
        #expect(state.cursor(.queues) == nil)
        #expect(state.press(.up) == nil)
    }

    @Test("tab goes through the tables and round, and back")
    func panes() {
        var state = TopScene.state(TopScene.snapshot())
        var seen = [state.pane]
        for _ in 0..<3 {
            _ = state.press(.nextPane)
            seen.append(state.pane)
        }
        #expect(seen == [.queues, .workers, .running, .queues])
        _ = state.press(.previousPane)
        #expect(state.pane == .running)
    }

    @Test("dead letters are retried after a yes, and after nothing else")
    func retries() {
        var state = TopScene.state(TopScene.snapshot(queues: 2))
        _ = state.press(.down)
        #expect(state.press(.character("r")) == nil)
        #expect(state.question?.text.contains("queue-1") == true)
        #expect(state.press(.character("n")) == nil)
        #expect(state.question == nil)
        _ = state.press(.character("r"))
        #expect(state.press(.character("y")) == .retryDead(queue: "queue-1"))
        #expect(state.question == nil)
    }

    @Test("a worker is drained after a yes; the one that was asked for, though another has its row meanwhile")
    func drains() {
        var state = TopScene.state(TopScene.snapshot(workers: 2))
        #expect(state.press(.character("d")) == nil)
        #expect(state.question == nil)
        _ = state.press(.nextPane)
        _ = state.press(.character("d"))
        var next = TopScene.snapshot(workers: 2)
        next.workers.insert(TopScene.worker("before"), at: 0)
        state.show(next)
        #expect(state.press(.character("y")) == .drain(worker: "id of worker-0", name: "worker-0"))
    }

    @Test("p pauses a queue that runs and resumes one that is paused, where that can be done")
    func pauses() {
        var scene = TopScene.snapshot(queues: 2)
        scene.queues[1].paused = true
        var state = TopScene.state(scene)
        #expect(state.press(.character("p")) == nil)
        state = TopScene.state(scene, canPause: true)
        #expect(state.press(.character("p")) == nil)
        #expect(state.question?.text.contains("“queue-0”") == true)
        #expect(state.press(.character("y")) == .pause(queue: "queue-0", isPaused: true))
        _ = state.press(.down)
        #expect(state.press(.character("p")) == nil)
        #expect(state.press(.character("n")) == nil)
        #expect(state.press(.character("p")) == nil)
        #expect(state.press(.character("y")) == .pause(queue: "queue-1", isPaused: false))
        _ = state.press(.nextPane)
        #expect(state.press(.character("p")) == nil)
        #expect(state.question == nil)
    }

    @Test("q quits, and Ctrl-C does, also in the middle of a question")
    func quits() {
        var state = TopScene.state(TopScene.snapshot(queues: 1))
        #expect(state.press(.character("q")) == .quit)
        _ = state.press(.character("r"))
        #expect(state.press(.interrupt) == .quit)
    }

    @Test(
        "what a terminal sends is read as keys",
        arguments: [
            ("j", [TopKey.down]), ("k", [.up]), ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\t", [.nextPane]),
            ("\u{1B}[Z", [.previousPane]), ("\u{3}", [.interrupt]), ("\u{1B}", [.escape]), ("\u{1B}[3~", []),
            ("\u{1B}[1;5C", [.nextPane]), ("ry\u{1B}[Bq", [.character("r"), .character("y"), .down, .character("q")]),
            ("ị", [.character("ị")]), ("\r", []), ("\u{1B}[", []),
        ] as [(String, [TopKey])])
    func reads(sent: String, keys: [TopKey]) {
        #expect(TopKey.read(Array(sent.utf8)) == keys)
    }

    @Test("a job's time is known from the look at which it came; before that only its earliest")
    func handOuts() {
        var memory = HandOuts()
        let old = JobID()
        let new = JobID()
        var times = memory.look([(old, 1, 100)], isAll: true, at: 1_000)
        #expect(times.map(\.since) == [100])
        #expect(times.map(\.isExact) == [false])
        times = memory.look([(old, 1, 100), (new, 1, 200)], isAll: true, at: 2_000)
        #expect(times.map(\.since) == [100, 2_000])
        #expect(times.map(\.isExact) == [false, true])
        // Another attempt was handed out anew.
        times = memory.look([(old, 2, 100), (new, 1, 200)], isAll: true, at: 3_000)
        #expect(times.map(\.since) == [3_000, 2_000])
        // After a look that did not see all, a job that comes may have been there.
        _ = memory.look([(new, 1, 200)], isAll: false, at: 4_000)
        times = memory.look([(old, 3, 100), (new, 1, 200)], isAll: true, at: 5_000)
        #expect(times.map(\.isExact) == [false, true])
    }
}
