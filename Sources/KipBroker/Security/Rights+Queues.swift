import KipCore

extension Rights {
    /// Jobs of a key that may fill certain queues only wait where they were checked: a queue that is not said is `default`
    /// then, whatever the workers of the kind say.
    func nameQueues(in message: inout WireMessage) {
        if queues.isEmpty || role == .operator { return }
        switch message.hot {
        case .newJobs(var jobs):
            guard jobs.contains(where: \.queue.isEmpty) else { return }
            for index in jobs.indices where jobs[index].queue.isEmpty { jobs[index].queue = "default" }
            message = WireMessage(.newJobs(jobs), request: message.request, payloads: message.payloads)
            return
        case .results(let results) where results.results.allSatisfy(\.children.isEmpty): return
        default: break
        }
        switch message.hot?.wire ?? message.rareBody {
        case .enqueue(var enqueue):
            guard Self.name(&enqueue.jobs) else { return }
            message.header.body = .enqueue(enqueue)
        case .results(var results):
            var isChanged = false
            for index in results.results.indices where Self.name(&results.results[index].children) { isChanged = true }
            if isChanged { message.header.body = .results(results) }
        default: return
        }
    }

    /// - Returns: whether any job said none.
    private static func name(_ jobs: inout [WireNewJob]) -> Bool {
        var isChanged = false
        for index in jobs.indices where jobs[index].queue.isEmpty {
            jobs[index].queue = "default"
            isChanged = true
        }
        return isChanged
    }
}
