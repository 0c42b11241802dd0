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
        budget.note(Limits.listBytesPerPeer, ids: 0, to: peer, at: time(0))
        let refusal = #expect(throws: Refusal.self) { try budget.check(peer, ids: 0, at: time(100)) }
        #expect(refusal?.code == .busy)
        try budget.check(other, ids: 0, at: time(100))
        try budget.check(peer, ids: 0, at: time(15_000))
    }

    @Test("what a peer asked for in one go counts when it is answered")
    func pipelined() throws {
        var budget = AnswerBudget()
        for _ in 0..<3 {
            try budget.check(peer, ids: 0, at: time(0))
            budget.noteQuestion(of: peer, ids: 0)
        }
        try budget.checkBytes(for: peer, at: time(1))
        budget.note(Limits.listBytesPerPeer, ids: 0, to: peer, at: time(1))
        #expect(throws: Refusal.self) { try budget.checkBytes(for: peer, at: time(2)) }
        try budget.checkBytes(for: other, at: time(2))
    }

    @Test("all together have a limit too, however many connections somebody opens")
    func ofAll() throws {
        var budget = AnswerBudget()
        func take(_ bytes: Int) {
            for number in 0...UInt8(bytes / Limits.listBytesPerPeer) {
                let peer = Peer(routingID: [9, number], delimited: false, encoding: .json)
                budget.note(Limits.listBytesPerPeer - 1, ids: 0, to: peer, at: time(0))
            }
        }
        take(Limits.listBytes)
        // One that has had little has some room left.
        try budget.check(other, ids: 0, at: time(1))
        budget.note(Limits.listBytesForOthers, ids: 0, to: other, at: time(1))
        #expect(throws: Refusal.self) { try budget.check(other, ids: 0, at: time(1)) }
        take(Limits.listBytesReserve)
        let third = Peer(routingID: [3], delimited: false, encoding: .json)
        #expect(throws: Refusal.self) { try budget.check(third, ids: 0, at: time(1)) }
    }

    @Test("a key is one asker, however many connections it has: its lists and its open questions count together")
    func ofOneKey() throws {
        var budget = AnswerBudget()
        func connection(_ number: UInt8) -> Peer {
            let key = PeerIdentity(Rights(name: "desk", key: "abc", role: .producer))
            return Peer(routingID: [number], delimited: false, encoding: .json, identity: key)
        }
        for number in 0..<UInt8(Limits.listBytesPerPeer >> 22) {
            budget.note(4 << 20, ids: 0, to: connection(number), at: time(0))
        }
        #expect(throws: Refusal.self) { try budget.check(connection(99), ids: 0, at: time(1)) }
        try budget.check(other, ids: 0, at: time(1))
        for number in 0..<Limits.openQuestionsPerPeer {
            budget.noteQuestion(of: connection(UInt8(number % 200)), ids: 0)
        }
        #expect(throws: Refusal.self) { try budget.check(connection(99), ids: 0, at: time(20_000)) }
        try budget.check(other, ids: 0, at: time(20_000))
    }

    @Test("lists from memory have a part of each second, whoever asks, and their bytes count")
    func computed() throws {
        var budget = AnswerBudget()
        try budget.checkComputed(peer, at: time(0))
        budget.noteComputed(in: .milliseconds(Limits.computingMillisecondsPerSecond), for: peer)
        #expect(throws: Refusal.self) { try budget.checkComputed(peer, at: time(999)) }
        try budget.checkComputed(other, at: time(1_000))
        budget.noteSent(Limits.listBytesPerPeer, to: peer, at: time(1_001))
        #expect(throws: Refusal.self) { try budget.checkComputed(peer, at: time(3_000)) }
        try budget.checkComputed(other, at: time(3_000))
    }

    @Test("one that asks for very many lists keeps no other from one, and a key is one however many connections it has")
    func computedByOwner() throws {
        var budget = AnswerBudget()
        let key = PeerIdentity(Rights(name: "hungry", key: "k", role: .worker))
        func connection(_ number: UInt8) -> Peer {
            Peer(routingID: [number], delimited: false, encoding: .json, identity: key)
        }
        try budget.checkComputed(connection(1), at: time(0))
        budget.noteComputed(in: .milliseconds(Limits.computingMillisecondsPerPeer), for: connection(1))
        #expect(throws: Refusal.self) { try budget.checkComputed(connection(2), at: time(1)) }
        try budget.checkComputed(peer, at: time(1))
        budget.noteComputed(in: .milliseconds(Limits.computingMillisecondsPerPeer), for: peer)
        try budget.checkComputed(other, at: time(2))
        budget.noteComputed(in: .milliseconds(Limits.computingMillisecondsForOthers), for: other)
        // There is an end to it for all.
        let fourth = Peer(routingID: [4], delimited: false, encoding: .json)
        #expect(throws: Refusal.self) { try budget.checkComputed(fourth, at: time(3)) }
        try budget.checkComputed(fourth, at: time(1_000))
    }

    @Test("which messages are such lists")
    func computedLists() {
        for body in [
            WireHeader.OneOf_Body.readOverview(WireReadOverview()), .listWorkers(WireListWorkers()),
            .listKinds(WireListKinds()),
            .listControls(WireListControls()),
        ] { #expect(WireMessage(body).asksForComputedList, "\(body)") }
        #expect(!WireMessage(.ping(WirePing())).asksForComputedList)
        // What an operator decides waits for nobody's lists.
        #expect(!WireMessage(.drainWorkers(WireDrainWorkers())).asksForComputedList)
        for body in [
            WireHeader.OneOf_Body.overview(WireOverview()), .workerList(WireWorkerList()), .kindList(WireKindList()),
            .controlList(WireControlList()), .scheduleList(WireScheduleList()),
        ] { #expect(WireMessage(body).isComputedList, "\(body)") }
    }

    @Test("questions that the store has not answered are bounded too")
    func questions() throws {
        var budget = AnswerBudget()
        for _ in 0..<Limits.openQuestionsPerPeer { budget.noteQuestion(of: peer, ids: 0) }
        #expect(throws: Refusal.self) { try budget.check(peer, ids: 0, at: time(0)) }
        budget.note(10, ids: 0, to: peer, at: time(0))
        try budget.check(peer, ids: 0, at: time(0))
        for number in 0..<Limits.openQuestions {
            let many = Peer(routingID: [7, UInt8(number % 250)], delimited: false, encoding: .json)
            budget.noteQuestion(of: many, ids: 0)
        }
        #expect(throws: Refusal.self) { try budget.check(peer, ids: 0, at: time(0)) }
        // One that has none yet has one.
        try budget.check(other, ids: 0, at: time(0))
    }

    @Test("the ids of open questions are bounded, for each connection and for all, and free again with the answer")
    func ids() throws {
        var budget = AnswerBudget()
        for _ in 0..<10 {
            try budget.check(peer, ids: 10_000, at: time(0))
            budget.noteQuestion(of: peer, ids: 10_000)
        }
        #expect(throws: Refusal.self) { try budget.check(peer, ids: 1, at: time(0)) }
        try budget.check(peer, ids: 0, at: time(0))
        for number in 0..<UInt8(Limits.openQuestionIDs / Limits.openQuestionIDsPerPeer - 1) {
            budget.noteQuestion(
                of: Peer(routingID: [9, number], delimited: false, encoding: .json), ids: Limits.openQuestionIDsPerPeer)
        }
        #expect(throws: Refusal.self) { try budget.check(other, ids: 1, at: time(0)) }
        budget.note(10, ids: 10_000, to: peer, at: time(0))
        try budget.check(other, ids: 10_000, at: time(0))
        try budget.check(peer, ids: 10_000, at: time(0))
    }
}
