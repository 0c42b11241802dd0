import Collections
import KipBroker
import KipCore

/// What is to happen in a simulated world.
enum Happening: Sendable {
    case toBroker(connection: Int, WireMessage)
    case toPeer(connection: Int, WireMessage)
    case reconnect(Party)
    case diskIsDone(life: Int)
    case brokerTimer(life: Int)
    case brokerWakes(life: Int, after: Int64)
    case brokerHesitates(life: Int)
    case brokerStarts
    case workerTick(Int)
    case handlerSteps(worker: Int, life: Int, HandlerID)
    case clientTick(Int)
    case clientAsksAgain(Int, life: Int, UInt64)
    case fault
    case hostile
    case copy
    case reconciles(life: Int)
    case look
}

/// Who is at the other end of a connection.
enum Party: Hashable, Sendable {
    case worker(Int)
    case client(Int)
    /// A worker that has left: what it said last is still on its way, nobody hears what is said to it.
    case departed

    var code: UInt64 {
        switch self {
        case .worker(let index): UInt64(index) + 100
        case .client(let index): UInt64(index) + 1
        case .departed: 0
        }
    }
}

/// What is to happen, the soonest first; in the order of arrival among what happens at the same time.
struct Agenda: Sendable {
    private struct Entry: Comparable, Sendable {
        var at: Int64
        var number: Int
        var happening: Happening

        static func < (left: Entry, right: Entry) -> Bool { (left.at, left.number) < (right.at, right.number) }
        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
    }

    private var heap = Heap<Entry>()
    private var number = 0

    mutating func add(_ happening: Happening, at: Int64) {
        number += 1
        heap.insert(Entry(at: at, number: number, happening: happening))
    }

    mutating func next() -> (at: Int64, happening: Happening)? {
        heap.popMin().map { ($0.at, $0.happening) }
    }
}
