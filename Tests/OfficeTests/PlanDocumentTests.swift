import Foundation
import Testing

@testable import Office

/// The office's real papers, where they lie beside the checkout; tests that read them skip where they do not.
enum Papers {
    static let folder: URL? = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let papers = folder.appendingPathComponent("shared/data")
        return FileManager.default.fileExists(atPath: papers.path) ? papers : nil
    }()

    static func text(_ name: String) throws -> String {
        try String(contentsOf: #require(folder).appendingPathComponent(name), encoding: .utf8)
    }
}

@Suite(.enabled(if: Papers.folder != nil, "the office's papers are not beside the checkout"))
struct PlanDocumentTests {
    private struct Known: Decodable {
        struct Task: Decodable {
            var id: String
            var leads: [String]
            var milestones: [Milestone]
        }
        var tasks: [Task]
    }

    private func both() throws -> (read: Plan, known: Known) {
        let plan = try Plan.parse(document: Papers.text("ke-hoach-04-kh-ubnd-2024.md"))
        let known = try JSONDecoder().decode(Known.self, from: Data(Papers.text("plan-2024.json").utf8))
        return (plan, known)
    }

    @Test("the original document gives its 92 tasks, in order")
    func tasks() throws {
        let (plan, known) = try both()
        #expect(plan.plan == "04/KH-UBND")
        #expect(plan.issued == LocalDate("2024-01-04"))
        #expect(plan.tasks.count == 92)
        #expect(plan.tasks.map(\.id) == known.tasks.map(\.id))
        #expect(plan.tasks.allSatisfy { !$0.title.isEmpty && !$0.leads.isEmpty && !$0.deliverables.isEmpty })
    }

    @Test("each deadline becomes the dates that it means")
    func milestones() throws {
        let (plan, known) = try both()
        for (task, expected) in zip(plan.tasks, known.tasks) {
            func dates(_ list: [Milestone]) -> [String] {
                list.map { "\($0.kind.rawValue) \($0.due?.description ?? "-") \($0.suspect == nil ? "" : "suspect")" }
            }
            #expect(dates(task.milestones) == dates(expected.milestones), "task \(task.id): \(task.deadline)")
        }
    }

    @Test("a quarter or a month in which something is to be done begins with its first day, as in the example")
    func windows() throws {
        let (plan, _) = try both()
        let example = try Example.plan()
        for (task, expected) in zip(plan.tasks, example.tasks) {
            #expect(
                task.milestones.map { $0.from?.description } == expected.milestones.map { $0.from?.description },
                "task \(task.id): \(task.deadline)")
        }
        let windows = plan.tasks.flatMap(\.milestones).filter { $0.kind == .by && $0.from != nil }
        #expect(windows.count > 15)
    }

    @Test("the leads are those of the plan")
    func leads() throws {
        let (plan, known) = try both()
        for (task, expected) in zip(plan.tasks, known.tasks) {
            #expect(
                task.leads.map(Phrase.normalized) == expected.leads.map(Phrase.normalized), "task \(task.id)")
        }
    }

    @Test("no stamp of a signer is left in the text")
    func stamps() throws {
        let (plan, _) = try both()
        for task in plan.tasks {
            #expect(
                !(task.leads + task.coordinators + [task.title]).contains { $0.contains("Ngo H") }, "task \(task.id)")
        }
    }
}
