/// Questions that wait to be answered, in turns by asker.
struct QuestionTurns {
    private var turns = Turns<QuestionThread.Asked>()

    var isEmpty: Bool { turns.isEmpty }

    func contains(_ asked: QuestionThread.Asked) -> Bool { turns.of(Asker(asked.peer)).contains(asked) }

    mutating func append(_ asked: QuestionThread.Asked) { turns.append(asked, of: Asker(asked.peer)) }

    mutating func popFirst() -> QuestionThread.Asked? { turns.popFirst() }
}
