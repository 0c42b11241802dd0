import KipCore
import KipStore
import Testing

@testable import KipBroker

@Suite struct QuestionTurnsTests {
    private func asked(_ peer: UInt8, _ request: UInt64, key: String? = nil) -> QuestionThread.Asked {
        let identity = key.map { PeerIdentity(Rights(name: $0, key: $0, role: .producer)) }
        let peer = Peer(routingID: [peer], delimited: false, encoding: .json, identity: identity)
        return QuestionThread.Asked(question: .schedules, request: request, peer: peer)
    }

    private func order(_ all: [QuestionThread.Asked]) -> [UInt64] {
        var turns = QuestionTurns()
        for asked in all {
            #expect(!turns.contains(asked))
            turns.append(asked)
            #expect(turns.contains(asked))
        }
        var order: [UInt64] = []
        while let next = turns.popFirst() { order.append(next.request) }
        #expect(turns.isEmpty)
        return order
    }

    @Test("one that has asked much lets another go before its second question")
    func turns() {
        #expect(
            order((1...4).map { asked(1, $0) } + [asked(2, 10), asked(3, 20), asked(2, 11)]) == [
                1, 10, 20, 2, 11, 3, 4,
            ])
    }

    @Test("a key has one turn, however many connections it has")
    func keys() {
        let many = (1...4).map { asked(UInt8($0), UInt64($0), key: "hungry") }
        #expect(order(many + [asked(9, 10, key: "other")]) == [1, 10, 2, 3, 4])
    }
}
