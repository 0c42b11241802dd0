import KipCore

extension EnqueueLine {
    /// Refuses what nobody can mean: half of a pair, a number out of its range, a job that could never begin.
    /// - Throws: `Failure` that names what was said.
    func check(_ options: JobOptions, as speech: JobField.Speech, at now: Timestamp) throws {
        try checkTexts(speech)
        try checkPairs(options, speech)
        try checkNumbers(speech)
        try checkBeginning(options, speech, now)
    }

    private func checkTexts(_ speech: JobField.Speech) throws {
        let texts: [(JobField, String?)] = [
            (.kind, kind), (.queue, queue), (.key, key), (.concurrencyKey, concurrencyKey),
        ]
        for (field, text) in texts where text == "" {
            throw Failure.usage("\(field.name(speech)) is empty: \(field == .kind ? "" : "leave it out, or ")say which")
        }
    }

    private func checkPairs(_ options: JobOptions, _ speech: JobField.Speech) throws {
        if delay != nil, at != nil {
            throw Failure.usage("give \(JobField.delay.name(speech)) or \(JobField.at.name(speech)), not both")
        }
        let pairs: [(field: JobField, isSaid: Bool, needs: JobField, isThere: Bool)] = [
            (.unique, unique != nil, .key, key != nil),
            (.keyConflict, options.keyConflict != .refuse, .key, key != nil),
            (.onParentFailed, onParentFailed != nil, .after, after?.isEmpty == false),
            (.concurrency, concurrency != nil, .concurrencyKey, concurrencyKey != nil),
        ]
        for pair in pairs where pair.isSaid && !pair.isThere {
            throw Failure.usage("\(pair.field.name(speech)) says nothing without \(pair.needs.name(speech))")
        }
    }

    private func checkNumbers(_ speech: JobField.Speech) throws {
        let numbers: [(JobField, Int?, ClosedRange<Int>)] = [
            (.priority, priority, -Limits.priority...Limits.priority),
            (.maxAttempts, maxAttempts, 1...Limits.mostAttempts),
            (.concurrency, concurrency, 1...Limits.concurrency),
        ]
        for (field, number, range) in numbers {
            guard let number, !range.contains(number) else { continue }
            throw Failure.usage(
                "\(field.name(speech)) must be from \(range.lowerBound) to \(range.upperBound), not \(number)")
        }
    }

    private func checkBeginning(_ options: JobOptions, _ speech: JobField.Speech, _ now: Timestamp) throws {
        let wait: JobField = at == nil ? .delay : .at
        let start = options.runAt ?? now.advanced(byMilliseconds: options.delay?.milliseconds ?? 0)
        for (field, time) in [(JobField.expires, options.expires), (.within, options.within)] {
            guard let time, start >= now.advanced(byMilliseconds: time.milliseconds) else { continue }
            throw Failure.usage(
                "the job could never begin: when \(wait.name(speech)) lets it, \(field.name(speech)) is over")
        }
    }
}
