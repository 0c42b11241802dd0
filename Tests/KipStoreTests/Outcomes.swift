import KipStore

extension JobStore {
    /// Writes a batch, where a test asks only what became of its mutations.
    func outcomes(_ batch: [Mutation]) throws -> [WriteOutcome] { try apply(batch).outcomes }
}
