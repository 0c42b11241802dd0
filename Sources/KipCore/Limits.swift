/// The limits of the queue, each with its unit and its reason.
public enum Limits {
    /// Jobs in one enqueue message: keeps a single message from holding up everybody else's.
    public static let jobsPerMessage = 10_000
    /// Bytes of one payload or result: larger things belong in a file or a database, their key in the payload.
    public static let payloadBytes = 1 << 20
    /// Bytes of all payloads of one message.
    public static let messageBytes = 64 << 20
    /// Bytes of the payloads of all jobs that one handler makes: they fit in one message, with room for its result.
    public static let childrenBytes = 32 << 20
    /// Bytes of one frame (`ZMQ_MAXMSGSIZE`): a header of 10,000 jobs fits.
    public static let frameBytes = 16 << 20
    /// Frames of one message: the delimiter, the protocol, the header and two for each job.
    public static let framesPerMessage = 3 + 2 * jobsPerMessage
    /// UTF-8 bytes of a kind's, a queue's or a worker's name: they stand in indexes and on screens.
    public static let nameBytes = 128
    /// UTF-8 bytes of a unique key, or of an effect's.
    public static let keyBytes = 512
    /// Milliseconds that a worker may still be heard in after its lease has ended.
    public static let overdueMilliseconds: Int64 = 250
    /// Lost workers that quarantine the job which they all held.
    public static let losses = 3
    /// UTF-8 bytes kept of an error's text.
    public static let errorBytes = 8_192
    /// Priorities go from minus this to plus this.
    public static let priority = 1_000
    /// Failures that make a dead letter where the job does not say: about ten hours with the standard backoff.
    public static let maxAttempts = 20
    /// The most attempts that a job may ask for.
    public static let mostAttempts = 10_000
    /// The longest wait between two attempts: 30 days.
    public static let longestBackoffMilliseconds: Int64 = 30 * 86_400_000
    /// The farthest time that a job may be set for: 10 years, beyond it is a slip.
    public static let farthestMilliseconds: Int64 = 3_653 * 86_400_000
    /// Rows of one list.
    public static let listRows = 10_000
    /// Rows of a list where the asker does not say.
    public static let listRowsByDefault = 100
    /// Questions of all peers that wait for the store: more would only grow older.
    public static let openQuestions = 1_000
    /// Bytes of lists that one peer may have in the time in which a peer that does not read keeps its connection (15 s):
    /// they may all lie in memory.
    public static let listBytesPerPeer = 32 << 20
    /// The same for all peers together.
    public static let listBytes = 256 << 20
    /// Kinds, or queues, that one worker may declare.
    public static let namesPerWorker = 1_000
    /// Jobs that one worker may hold at once.
    public static let credit = 10_000
    /// Waits that a list of them may have.
    public static let backoffDelays = 100
    /// Jobs that one job, or all jobs of one message, may come after.
    public static let parentsPerMessage = 10_000
    /// Jobs with one concurrency key that may run at once: they are counted whenever one comes or goes. (10,000 jobs with a
    /// key for 10,000 took 16 s to write.) For more a queue has a limit of its own.
    public static let concurrency = 1_000
    /// UTF-8 bytes of all names and values of a job's headers.
    public static let headerBytes = 4_096
    /// Starts of one queue that a rate may allow in its period.
    public static let rate = 10_000
    /// The longest period of a rate, in milliseconds: a day.
    public static let ratePeriodMilliseconds: Int64 = 86_400_000
    /// How much more one queue may weigh than another.
    public static let weight = 1_000
    /// Log lines that are kept of one job, the newest.
    public static let logLines = 1_000
    /// UTF-8 bytes kept of a log line, or of what a handler says of its progress.
    public static let logLineBytes = 1_024
}
