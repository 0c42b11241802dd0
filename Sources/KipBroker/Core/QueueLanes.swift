/// The lanes of one queue whose jobs a worker takes, by their indexes.
struct QueueLanes: Sendable {
    /// The index of the queue.
    let queue: Int
    /// In order.
    var lanes: [Int]
}

extension [QueueLanes] {
    /// Adds a lane whose index is greater than those before it.
    mutating func add(_ lane: Int, of queue: Int) {
        if let position = firstIndex(where: { $0.queue == queue }) {
            self[position].lanes.append(lane)
        } else {
            append(QueueLanes(queue: queue, lanes: [lane]))
        }
    }

    /// Lanes in order, by their queues.
    init(_ lanes: [Int], queueOf: (Int) -> Int) {
        self = []
        var positions: [Int: Int] = [:]
        for lane in lanes {
            let queue = queueOf(lane)
            if let position = positions[queue] {
                self[position].lanes.append(lane)
            } else {
                positions[queue] = count
                append(QueueLanes(queue: queue, lanes: [lane]))
            }
        }
    }
}
