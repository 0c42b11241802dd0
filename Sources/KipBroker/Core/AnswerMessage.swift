import KipCore
import KipStore

extension Answer {
    /// The answer as a message.
    func message(request: UInt64) -> WireMessage {
        switch self {
        case .jobs(let jobs, let more):
            var list = WireJobList()
            list.jobs = jobs
            list.more = more
            return WireMessage(.jobList(list), request: request)
        case .explanation(let explanation):
            return WireMessage(.explanation(explanation), request: request)
        case .parents(let parents, let results):
            return WireMessage(.parentResults(parents), request: request, payloads: results)
        case .job(let job, let payload, let result, let attempts, let log):
            var detail = WireJobDetail()
            detail.job = job
            detail.attempts = attempts
            detail.log = log
            return WireMessage(.jobDetail(detail), request: request, payloads: [payload, result])
        case .noJob:
            let refusal = Refusal(.notFound, "there is no job of this id; “kip jobs list” shows those that there are")
            return WireMessage(refusal.wire, request: request)
        case .states(let states):
            var list = WireStateList()
            list.states = states.map { $0?.wire ?? .unspecified }
            return WireMessage(.stateList(list), request: request)
        case .queues(let queues):
            var list = WireQueueList()
            list.queues = queues
            return WireMessage(.queueList(list), request: request)
        case .schedules(let schedules):
            var list = WireScheduleList()
            list.schedules = schedules.compactMap(ScheduleState.init(stored:)).map(\.wire)
            return WireMessage(.scheduleList(list), request: request)
        case .effects(let effects, let more):
            var list = WireEffectList()
            list.effects = effects
            list.more = more
            return WireMessage(.effectList(list), request: request)
        case .firings(let firings, let more):
            var list = WireScheduleFirings()
            list.firings = firings
            list.more = more
            return WireMessage(.scheduleFirings(list), request: request)
        }
    }
}
