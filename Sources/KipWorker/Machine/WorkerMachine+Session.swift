import KipCore

extension WorkerMachine {
    // MARK: Signs of life

    mutating func keepInTouch(at now: SteadyTime, _ actions: inout [Action]) {
        if session != nil, now.milliseconds(since: lastHeard) > lease {
            session = nil
            greetAt = now
        }
        if session == nil {
            if now >= greetAt { greet(at: now, &actions) }
            return
        }
        if now >= nextHeartbeat { beat(at: now, &actions) }
        if let due = askAgainAt, now >= due {
            askAgainAt = nil
            sendUnsaid(&actions)
            sendAsks(&actions)
            sendReads(&actions)
        }
    }

    private mutating func greet(at now: SteadyTime, _ actions: inout [Action]) {
        var hello = hello
        hello.holding = held.sorted { $0.key < $1.key }.map { id, attempt in
            var word = WireHeld()
            word.id = id.description
            word.attempt = attempt
            return word
        }
        nextMessage += 1
        greeting = nextMessage
        // One that wants none says so with its first heartbeat.
        hello.credit = Int32(clamping: max(1, credit))
        saidCredit = Int(hello.credit)
        greetAt = now.advanced(byMilliseconds: Self.greetAgainAfter)
        actions.append(.send(WireMessage(.hello(hello), request: greeting)))
    }

    mutating func beat(at now: SteadyTime, _ actions: inout [Action]) {
        var heartbeat = WireHeartbeat()
        heartbeat.workerID = hello.workerID
        heartbeat.session = session ?? 0
        heartbeat.holding = held.keys.sorted().map(\.description)
        if !isServing { heartbeat.draining = true }
        heartbeat.credit = credit > 0 ? Int32(clamping: credit) : -1
        saidCredit = credit
        actions.append(.send(WireMessage(.heartbeat(heartbeat))))
        nextHeartbeat = now.advanced(byMilliseconds: self.heartbeat)
    }

    /// There is no connection: what was said is said again in the next session.
    mutating func unsent(_ message: WireMessage, at now: SteadyTime, _ actions: inout [Action]) {
        switch message.header.body {
        case .hello:
            if !saidUnreachable { actions.append(.note(.unreachable)) }
            saidUnreachable = true
        case .results, .beginEffect, .settleEffect, .readParents: session = nil
        case .progress(let progress):
            keep(ProgressReport(progress))
            askAgainAt = now.advanced(byMilliseconds: Self.askAgainAfter)
            return
        default: return
        }
        greetAt = now.advanced(byMilliseconds: 100)
    }

    // MARK: Messages

    mutating func take(_ message: WireMessage, at now: SteadyTime, _ actions: inout [Action]) {
        let request = message.request
        switch message.hot {
        case .work(let work): return take(work, message.payloads, at: now, &actions)
        case .recorded(let recorded): return take(recorded, request, &actions)
        default: break
        }
        switch message.header.body {
        // The welcome to an earlier hello is void: the broker has taken back what it handed out since, as the later
        // hello did not name it. To take up its session would run a job that others have.
        case .welcome(let welcome): if request == greeting { take(welcome, at: now, &actions) }
        case .work(let work): take(work, message.payloads, at: now, &actions)
        case .recorded(let recorded):
            take(recorded.results.compactMap { try? RecordedWords($0) }, request, &actions)
        case .revoked(let revoked): for job in revoked.jobs { drop(job, &actions) }
        case .parentResults(let results): take(results, message.payloads, request, &actions)
        case .effectStanding(let standing): take(standing, message.payloads, request, &actions)
        case .reconcileEffect(let effect):
            if let effect = EffectInDoubt(effect) { actions.append(.reconcile(effect)) }
        case .drain: drain(at: now, &actions)
        case .error(let refused): take(refused, request, at: now, &actions)
        default: break
        }
    }

    private mutating func take(_ welcome: WireWelcome, at now: SteadyTime, _ actions: inout [Action]) {
        mayChangeCredit = welcome.heedsCredit
        if !mayChangeCredit, saidCredit < Int(hello.credit) {
            // A broker of before, after one that heeded it: it takes the first word for the last, so that is said.
            credit = Int(hello.credit)
            return greet(at: now, &actions)
        }
        session = welcome.session
        underway = [:]
        heartbeat = max(50, Int64(saturating: welcome.heartbeatSeconds * 1000))
        lease = max(200, Int64(saturating: welcome.leaseSeconds * 1000))
        nextHeartbeat = now.advanced(byMilliseconds: heartbeat)
        saidUnreachable = false
        actions.append(.note(.welcomed(session: welcome.session)))
        for job in welcome.refused { drop(job, &actions) }
        // Before the results, after which nobody is interested in progress.
        sendUnsaid(&actions)
        send(unrecorded.values.sorted { $0.id < $1.id }, &actions)
        sendAsks(&actions)
        sendReads(&actions)
        if !isServing { beat(at: now, &actions) }
    }

    private mutating func take(_ refused: WireRefused, _ request: UInt64, at now: SteadyTime, _ actions: inout [Action])
    {
        let results = underway.removeValue(forKey: request) ?? []
        let ask = askedBy.removeValue(forKey: request)
        let read = readBy.removeValue(forKey: request)
        if refused.code == Refusal.Code.unknownSession.rawValue {
            session = nil
            greetAt = now
        } else if let ask {
            refusedAsk(ask, refused, at: now, &actions)
        } else if let read {
            refusedRead(read, refused, at: now, &actions)
        } else if session == nil {
            actions.append(.interrupt)
            end(.refused(code: refused.code, message: refused.message), &actions)
        } else if Refusal.blamesContent(refused.code) {
            actions.append(.note(.refused(refused.message)))
            replace(results, refused, &actions)
        } else if results.isEmpty {
            // An answer to what was said anew since, such as a question about an effect: the newer one has its own.
            actions.append(.note(.refused(refused.message)))
        } else {
            // Not the results' fault: the broker is asked anew who may say what, and hears them then.
            actions.append(.note(.refused(refused.message)))
            session = nil
            greetAt = now.advanced(byMilliseconds: Self.greetAgainAfter)
        }
    }
}
