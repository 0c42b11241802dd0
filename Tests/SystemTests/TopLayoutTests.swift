import Foundation
import KipClient
import Testing

@testable import kip

/// What `kip top` shows of a broker, for tests.
enum TopScene {
    static let now: Int64 = 1_700_000_000_000

    static func snapshot(queues: Int = 0, workers: Int = 0, running: Int = 0) -> TopSnapshot {
        TopSnapshot(
            at: now, broker: "tcp://127.0.0.1:7520", version: "0.1.0", uptime: 3_600_000,
            queues: (0..<queues).map { QueueTempoRecord(name: "queue-\($0)") },
            workers: (0..<workers).map { worker("worker-\($0)") },
            running: (0..<running).map { job("id-\($0)") }, moreRunning: false)
    }

    static func worker(_ name: String) -> TopSnapshot.Worker {
        TopSnapshot.Worker(
            id: "id of \(name)", name: name, queues: ["default"], holding: 1, credit: 12, places: 4,
            lastSeen: now - 1_500,
            draining: false, reachable: true)
    }

    static func job(_ id: String) -> TopSnapshot.Running {
        TopSnapshot.Running(
            id: id, kind: "kind", queue: "default", attempt: 1, worker: "w", since: now - 2_000, isSinceExact: true)
    }

    static func state(_ snapshot: TopSnapshot, canPause: Bool = false) -> TopState {
        var state = TopState(canPause: canPause)
        state.show(snapshot)
        return state
    }

    static func lines(_ state: TopState, width: Int = 120, height: Int = 35) -> [String] {
        TopLayout(state: state, width: width, height: height).lines().map(\.text)
    }
}

/// The screen as lines.
@Suite struct TopLayoutTests {
    @Test("queues, workers and running jobs stand in columns under their headings")
    func whole() {
        var scene = TopScene.snapshot()
        scene.queues = [
            QueueTempoRecord(
                name: "default", waiting: 4_096, waitingIsMore: true, oldestWaiting: 12_345, running: 16, started: 980,
                succeeded: 966, failed: 3, waitP50: 1_200, waitP99: 4_500),
            QueueTempoRecord(name: "báo cáo", paused: true),
        ]
        scene.workers = [TopScene.worker("印刷/1"), TopScene.worker("desk/22")]
        scene.workers[1].draining = true
        scene.running = [TopScene.job("018f-1"), TopScene.job("018f-2")]
        scene.running[1].isSinceExact = false
        scene.workers[1].holding = 6
        scene.counts = ["default": .init(scheduled: 1, held: 2, uncertain: 3, dead: 4_000)]
        let lines = TopScene.lines(TopScene.state(scene), width: 130, height: 17).map { line in
            var line = line[...]
            while line.last == " " { line.removeLast() }
            return String(line)
        }
        #expect(
            lines == [
                " Kịp 0.1.0  tcp://127.0.0.1:7520 · up 1 h · 4,096+ waiting · 5 running · 2 wait in workers · 2 workers",
                " 1 scheduled · 2 held · 3 uncertain · 4,000 dead",
                "",
                " QUEUE    WAITING  OLDEST  TAKEN  SCHEDULED  HELD  UNCERTAIN   DEAD  DONE/MIN  FAILED/MIN  WAIT P50  WAIT P99",
                " default   4,096+    12 s     16          1     2          3  4,000       966           3     1.2 s     4.5 s",
                " báo cáo        0       -      0          0     0          0      0         0           0         -         -  paused",
                "",
                " WORKER   RUNS  WAIT IN IT  LAST SEEN  STATE     QUEUES",
                " 印刷/1    1/4           0      1.5 s  working   default",
                " desk/22   4/4           2      1.5 s  draining  default",
                "",
                " TAKEN JOB  KIND  QUEUE    ATTEMPT      FOR  WORKER",
                " 018f-1     kind  default        1    2.0 s  w",
                " 018f-2     kind  default        1  ≤ 2.0 s  w",
                "",
                "",
                " ↑↓ select   tab next table   r retry dead   q quit",
            ])
    }

    @Test(
        "whatever the size and whatever there is, the screen is as high as it is and no line is wider",
        arguments: [(1, 1), (10, 3), (20, 6), (40, 12), (60, 15), (80, 16), (80, 24), (120, 35), (300, 100)],
        [0, 1, 3, 50])
    func fits(size: (width: Int, height: Int), count: Int) {
        var scene = TopScene.snapshot(queues: count, workers: count, running: count)
        for index in scene.queues.indices {
            scene.queues[index].name = String(repeating: "hàng đợi 列 ", count: 1 + index)
        }
        let state = TopScene.state(scene)
        let lines = TopScene.lines(state, width: size.width, height: size.height)
        #expect(lines.count == size.height)
        for line in lines { #expect(CellWidth.of(line) <= size.width, "\(line)") }
    }

    @Test("names of wide, decomposed or joined characters leave the numbers in their columns")
    func wideNames() throws {
        var scene = TopScene.snapshot()
        let names = [
            "plain", "Thư xin lỗi", "Thư xin lỗi".decomposedStringWithCanonicalMapping, "遅延案件", "👩🏽‍💻 job", "e\u{301}",
        ]
        scene.queues = names.map { QueueTempoRecord(name: $0, running: 7) }
        let lines = TopScene.lines(TopScene.state(scene))
        let heading = try #require(lines.first { $0.contains("QUEUE") })
        let end = try #require(heading.range(of: "TAKEN")).upperBound
        let column = CellWidth.of(String(heading[..<end]))
        for name in names {
            let line = try #require(lines.first { $0.hasPrefix(" \(name) ") })
            let seven = try #require(line.range(of: "7")).upperBound
            #expect(CellWidth.of(String(line[..<seven])) == column, "\(name)")
        }
    }

    @Test("a name cannot command the terminal")
    func harmless() {
        var scene = TopScene.snapshot()
        scene.queues = [QueueTempoRecord(name: "evil\u{1B}[2J\u{202E}\n")]
        scene.workers = [TopScene.worker("w\u{7}")]
        scene.running = [TopScene.job("\u{9B}1m")]
        var state = TopScene.state(scene)
        _ = state.press(.character("r"))
        for line in TopScene.lines(state) {
            #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0.value != 0x202E })
        }
    }

    @Test("a narrow screen leaves out what matters least and keeps names, what waits, and what fails")
    func narrow() throws {
        let lines = TopScene.lines(TopScene.state(TopScene.snapshot(queues: 1)), width: 80)
        let heading = try #require(lines.first { $0.contains("QUEUE") })
        #expect(!heading.contains("STARTED/MIN"))
        for title in ["WAITING", "OLDEST", "TAKEN", "UNCERTAIN", "DEAD", "DONE/MIN", "FAILED/MIN"] {
            #expect(heading.contains(title))
        }
    }

    @Test("the selected row is seen, wherever it stands, and the heading says which rows are")
    func scrolls() {
        var state = TopScene.state(TopScene.snapshot(queues: 50))
        for _ in 0..<49 { _ = state.press(.down) }
        let lines = TopScene.lines(state, height: 24)
        #expect(lines.contains { $0.hasPrefix(" queue-49 ") })
        #expect(!lines.contains { $0.hasPrefix(" queue-0 ") })
        #expect(lines.contains { $0.hasSuffix("–50 of 50 ") })
    }

    @Test("a low screen shows the table that has the keys, and no other")
    func low() {
        var state = TopScene.state(TopScene.snapshot(queues: 9, workers: 9, running: 9))
        #expect(TopScene.lines(state, height: 12).contains { $0.contains("QUEUE  ") })
        _ = state.press(.nextPane)
        let lines = TopScene.lines(state, height: 12)
        #expect(lines.contains { $0.hasPrefix(" WORKER ") })
        #expect(!lines.contains { $0.hasPrefix(" QUEUE ") })
    }

    @Test("room that one table does not need is the others'")
    func shares() {
        #expect(TopLayout.share(10, among: [1, 20, 20]) == [1, 5, 4])
        #expect(TopLayout.share(100, among: [1, 2, 3]) == [1, 2, 3])
        #expect(TopLayout.share(-3, among: [1, 2, 3]) == [0, 0, 0])
    }

    @Test("figures of a broker that does not answer are said to be old; before the first there is only the reason")
    func trouble() {
        var state = TopState(canPause: false)
        state.fail("nobody is there")
        #expect(TopScene.lines(state).contains("  nobody is there"))
        state.show(TopScene.snapshot(queues: 1))
        #expect(!TopScene.lines(state).contains { $0.contains("nobody") })
        state.fail("nobody is there")
        #expect(TopScene.lines(state).last == " old: nobody is there")
        #expect(TopScene.lines(state).contains { $0.hasPrefix(" queue-0 ") })
    }

    @Test(
        "a broker that is held, and what no worker takes, is said above the tables; at 80 columns keys and questions are whole"
    )
    func standing() throws {
        var scene = TopScene.snapshot(queues: 1, workers: 1)
        scene.heldBecause = "the database is older than its journal"
        scene.unserved = [
            UnservedRecord(queue: "default", kind: "late-case-swep", waiting: 3),
            UnservedRecord(queue: "mail", kind: "other", waiting: 1),
        ]
        var state = TopScene.state(scene, canPause: true)
        let lines = TopScene.lines(state, width: 80, height: 24)
        #expect(lines.contains(" nothing is handed out: the database is older than its journal"))
        #expect(lines.contains(" no worker takes “late-case-swep” of “default” (3 waiting), nor 1 other kinds"))
        for _ in TopState.Pane.allCases {
            let keys = try #require(TopScene.lines(state, width: 80, height: 24).last)
            #expect(keys.hasSuffix("q quit   "), "\(keys)")
            _ = state.press(.nextPane)
        }
        scene.queues[0].name = String(repeating: "a long name ", count: 10)
        state = TopScene.state(scene, canPause: true)
        for key: Character in ["p", "r"] {
            #expect(state.press(.character(key)) == nil)
            #expect(try #require(TopScene.lines(state, width: 80, height: 24).last).hasPrefix(" y/n  "))
            _ = state.press(.escape)
        }
    }

    @Test("keys that do nothing are not shown")
    func keys() throws {
        var state = TopScene.state(TopScene.snapshot(queues: 1))
        #expect(try #require(TopScene.lines(state).last).contains("r retry dead"))
        #expect(try !#require(TopScene.lines(state).last).contains("pause"))
        #expect(
            try #require(TopScene.lines(TopScene.state(TopScene.snapshot(queues: 1), canPause: true)).last)
                .contains("p pause/resume"))
        _ = state.press(.nextPane)
        #expect(try #require(TopScene.lines(state).last).contains("d drain"))
        #expect(try !#require(TopScene.lines(state).last).contains("retry"))
    }
}
