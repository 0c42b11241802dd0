import KipCore

/// What is handed out with one batch: one message for each worker, in the order in which the first job of each comes.
struct HandedWork {
    struct Part {
        let worker: String
        var jobs: [LeasedWords] = []
        var payloads: [[UInt8]] = []
    }

    private(set) var parts: [Part] = []
    private var places = PlaceIndex<String>()

    mutating func add(_ job: consuming LeasedWords, _ payload: [UInt8], for worker: String) {
        let place = places[worker] ?? open(worker)
        parts[place].jobs.append(job)
        parts[place].payloads.append(payload)
    }

    private mutating func open(_ worker: String) -> Int {
        places[worker] = parts.count
        parts.append(Part(worker: worker))
        return parts.count - 1
    }
}
