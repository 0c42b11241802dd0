/// How refusals name a job, put in words only where there is a refusal.
struct JobLabel: CustomStringConvertible {
    /// In its message, from 1.
    let position: Int

    var description: String { "job \(position) of the message" }
}
