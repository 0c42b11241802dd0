import KipCore
import Testing

@testable import KipBroker

/// What peers that do not read may cost.
@Suite struct AnswerBudgetTests {
    private let peer = Peer(routingID: [1], delimited: false, encoding: .json)
    private let other = Peer(routingID: [2], delimited: false, encoding: .json)

    private func time(_ milliseconds: Int64) -> SteadyTime { SteadyTime(milliseconds: 1_000_000 + milliseconds) }

    @Test("who has had too many bytes of lists is told to wait, others are not; after a while all is well again")
    func ofOnePeer() throws {
        var budget = AnswerBudget()
        budget.note(Limits.listBytesPerPeer, to: peer, at: time(0))
        let refusal = #expect(throws: Refusal.self) { try budget.check(peer, at: time(100)) }
        #expect(refusal?.code == .busy)
        try budget.check(other, at: time(100))
        try budget.check(peer, at: time(15_000))
    }

    @Test("all together have a limit too, however many connections somebody opens")
    func ofAll() {
        var budget = AnswerBudget()
        for number in 0...UInt8(Limits.listBytes / Limits.listBytesPerPeer) {
            let peer = Peer(routingID: [9, number], delimited: false, encoding: .json)
            budget.note(Limits.listBytesPerPeer - 1, to: peer, at: time(0))
        }
        #expect(throws: Refusal.self) { try budget.check(other, at: time(1)) }
    }

    @Test("questions that the store has not answered are bounded too")
    func questions() throws {
        var budget = AnswerBudget()
        for _ in 0..<Limits.openQuestions { budget.noteQuestion() }
        #expect(throws: Refusal.self) { try budget.check(peer, at: time(0)) }
        budget.note(10, to: other, at: time(0))
        try budget.check(peer, at: time(0))
    }
}
