import Testing

@testable import kip

/// Which workers a person means.
@Suite struct WorkerChoiceTests {
    private let present = [
        WorkerChoice.Candidate(id: "0190-a", name: "desk/1"), WorkerChoice.Candidate(id: "0190-b", name: "desk/11"),
        WorkerChoice.Candidate(id: "0191-c", name: "print"), WorkerChoice.Candidate(id: "0192-d", name: "twin"),
        WorkerChoice.Candidate(id: "0193-e", name: "twin"),
    ]

    @Test(
        "a worker is chosen by id, by name, or by a beginning that fits no other",
        arguments: [
            ("0190-b", "0190-b"), ("desk/1", "0190-a"), ("desk/11", "0190-b"), ("0191", "0191-c"), ("pr", "0191-c"),
        ])
    func chooses(text: String, id: String) throws {
        #expect(try WorkerChoice.resolve([text], among: present) == [id])
    }

    @Test("what fits several, or none, is refused", arguments: ["0190", "desk", "twin", "x", ""])
    func refuses(text: String) {
        #expect(throws: Failure.self) { try WorkerChoice.resolve([text], among: present) }
    }

    @Test("one that is meant twice is told once")
    func once() throws {
        #expect(try WorkerChoice.resolve(["print", "0191-c", "twin"].dropLast(), among: present) == ["0191-c"])
    }
}
