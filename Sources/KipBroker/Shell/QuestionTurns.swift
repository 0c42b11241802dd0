import Collections

/// Questions that wait to be answered. Who has many waits for himself: each asker's first goes before another's second.
struct QuestionTurns {
    private var waiting: [Asker: Deque<QuestionThread.Asked>] = [:]
    private var turns: Deque<Asker> = []

    var isEmpty: Bool { turns.isEmpty }

    func contains(_ asked: QuestionThread.Asked) -> Bool { waiting[Asker(asked.peer)]?.contains(asked) ?? false }

    mutating func append(_ asked: QuestionThread.Asked) {
        let asker = Asker(asked.peer)
        if waiting[asker] == nil { turns.append(asker) }
        waiting[asker, default: []].append(asked)
    }

    mutating func popFirst() -> QuestionThread.Asked? {
        guard let asker = turns.popFirst(), let asked = waiting[asker]?.popFirst() else { return nil }
        if waiting[asker]?.isEmpty == true { waiting[asker] = nil } else { turns.append(asker) }
        return asked
    }
}
