import Foundation
import Testing

@testable import Office

/// Steps of letters are fenced by the step that was read.
@Suite struct LetterFenceTests {
    private let key = "apology/A-1/1"

    private func withLetter(_ body: (Register) throws -> Void) throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            _ = try register.issue(key: key, book: "PXL", year: 2024) { _ in
                IssuedDocument(
                    key: key, kind: "letter", subject: "", dated: Example.day("2024-03-08"), fileName: "a.pdf",
                    bytes: [1])
            }
            try body(register)
        }
    }

    @Test("a worker that was stopped between reading the steps and noting one does not undo what another has noted")
    func stale() throws {
        try withLetter { register in
            let read = try #require(try register.letterSteps(of: key).last)
            // Another worker, meanwhile.
            let sending = try #require(try register.note(letter: key, .sending, after: read, by: "kip", note: "print"))
            #expect(try register.note(letter: key, .sent, after: sending, by: "kip", note: "print") != nil)
            #expect(try register.note(letter: key, .sending, after: read, by: "kip", note: "print") == nil)
            #expect(try register.note(letter: key, .drafted, after: sending, by: "kip", note: "print") == nil)
            #expect(try register.letterSteps(of: key).map(\.state) == [.drafted, .sending, .sent])
            #expect(try register.look().disagreements == [])
        }
    }

    @Test("a step that is there already is given back, so that who takes a letter up again goes on behind it")
    func again() throws {
        try withLetter { register in
            let read = try #require(try register.letterSteps(of: key).last)
            let first = try register.note(letter: key, .sending, after: read, by: "kip", note: "mail")
            let again = try register.note(letter: key, .sending, after: try #require(first), by: "kip", note: "mail")
            #expect(first == again)
            #expect(try register.letterSteps(of: key).count == 2)
        }
    }

    @Test("a receipt of another letter is read from the step, number and digest")
    func receipts() {
        func step(_ note: String) -> LetterStep { LetterStep(state: .uncertain, at: "", by: "kip", note: note) }
        let strange = step(LetterStep.noteOfStrangeReceipt(number: 5, digest: "ab")).strangeReceipt
        #expect(strange?.number == 5 && strange?.digest == "ab")
        #expect(step(LetterStep.noteOfStrangeReceipt(number: nil, digest: nil)).strangeReceipt?.number == 0)
        #expect(step("bưu điện không rõ").strangeReceipt == nil)
    }
}
