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
    /// Bytes of the receipts of effects that wait for the disk.
    public static let pendingReceiptBytes = 16 << 20
    /// Messages within one header, and entries of its lists: a job has about eight. An empty one takes two bytes and a
    /// microsecond.
    public static let elementsPerHeader = 100_000
    /// Fields of one header, with those of the messages in it.
    public static let fieldsPerHeader = 500_000
    /// Messages of one TCP connection that ZeroMQ reads ahead of the broker: it counts messages, and each may have
    /// `messageBytes`.
    public static let messagesReadAhead = 16
    /// Bytes that one TCP connection may have sent of a message whose last frame has not come: a whole message, and what the kernel
    /// and ZeroMQ buffer.
    public static let unfinishedBytesPerPeer = 128 << 20
    /// The same for all connections together.
    public static let unfinishedBytes = 512 << 20
    /// Bytes of the broker's memory from which unfinished messages are looked for.
    public static let watchedMemoryBytes = 384 << 20
    /// Frames of one message: the delimiter, the protocol, the header and two for each job.
    public static let framesPerMessage = 3 + 2 * jobsPerMessage
    /// UTF-8 bytes of the name of a kind, a queue or a schedule: they stand in indexes and on screens.
    public static let nameBytes = 128
    /// UTF-8 bytes of a unique key, or of an effect's.
    public static let keyBytes = 512
    /// Effects of one attempt that have begun and whose outcomes are not reported yet: each is looked up by a reconciler, or
    /// decided by a person, if the attempt ends without a word.
    public static let openEffectsPerAttempt = 1_000
    /// The same for all jobs of one worker: if it is lost, all of them become doubts in one batch.
    public static let openEffectsPerWorker = 5_000
    /// Effects of all workers whose outcomes are not reported yet, those in doubt included: up to a kilobyte of memory each.
    public static let openEffects = 200_000
    /// Effects that a worker may have open all the same, so that another's doubts stop nobody.
    public static let openEffectsBeyond = 100
    /// UTF-8 bytes of what a worker or a person is called.
    public static let labelBytes = 512
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
    /// The latest time that a request may name, in milliseconds since 1970: the end of the year 9999.
    public static let latestMilliseconds: Int64 = 253_402_300_799_999
    /// The most jobs that a queue may be limited to.
    public static let waitingJobs = 1_000_000_000_000
    /// Jobs that wait for a decision of a person to be worked off, in all messages together.
    public static let decidedJobs = 1_000_000
    /// Prunings of operators that wait for their turn: each page of one is a batch of its own.
    public static let waitingPrunings = 1_000
    /// Attempts that are kept of one job, the newest: one that is postponed every second would fill the disk.
    public static let attemptsKept = 200
    /// Rows of one list.
    public static let listRows = 10_000
    /// Rows of a list where the asker does not say.
    public static let listRowsByDefault = 100
    /// Questions of all peers that wait for the store: more would only grow older.
    public static let openQuestions = 1_000
    /// The same of one key, or of one connection without keys.
    public static let openQuestionsPerPeer = 500
    /// Ids that the open questions of one key, or of one connection without keys, may name: the states of so many jobs.
    public static let openQuestionIDsPerPeer = 100_000
    /// The same for all connections together: some 60 MiB with their answers.
    public static let openQuestionIDs = 1_000_000
    /// Payload bytes that one worker may hold, and one job more: what it wants in jobs (`credit`) may be ten gigabytes.
    public static let leasedBytesPerWorker = 64 << 20
    /// Payload bytes that all workers together may hold, and one job more for each.
    public static let leasedBytes = 512 << 20
    /// Bytes that the broker reads in one round, and one message more, before it looks at the disk and the clock again.
    public static let bytesPerRound = 32 << 20
    /// Milliseconds of each second in which lists are made from what the broker has in memory (overview, workers, kinds, schedules,
    /// controls), for all peers together, and one list more: nobody else is heard meanwhile.
    public static let computingMillisecondsPerSecond = 200
    /// Of these, milliseconds for one key, or for one connection without keys, and one list more.
    public static let computingMillisecondsPerPeer = 100
    /// Milliseconds of each second beside these, for those that have had no list in it.
    public static let computingMillisecondsForOthers = 100
    /// Bytes of lists that one key, or one connection without keys, may have in the time in which a peer that does not read
    /// keeps its connection (15 s): they may all lie in memory.
    public static let listBytesPerPeer = 32 << 20
    /// The same for all peers together.
    public static let listBytes = 256 << 20
    /// Bytes of lists beside these, for those who have had less than `listBytesForOthers`: much that others ask for does not
    /// keep them from what they ask for now and then.
    public static let listBytesReserve = 64 << 20
    /// How much that is, in bytes.
    public static let listBytesForOthers = 2 << 20
    /// Receipts and keys in one list of effects, in bytes; it ends with the effect before.
    public static let effectListBytes = 4 << 20
    /// Kinds, or queues, that one worker may declare.
    public static let namesPerWorker = 1_000
    /// Workers for which one connection may speak.
    public static let workersPerConnection = 100
    /// Bytes that the kinds, queues and prefixes of all workers of one connection may take, each with `nameOverhead`.
    public static let workerNameBytesPerConnection = 4 << 20
    /// The same for all connections together.
    public static let workerNameBytes = 256 << 20
    /// Bytes that a name takes in memory beside its text.
    public static let nameOverhead = 64
    /// Milliseconds that ordinary jobs wait, if no other worker takes them, for a worker that is to become empty for a job
    /// with which workers were lost, and as long again while it runs that job alone.
    public static let isolationMilliseconds: Int64 = 500
    /// Kinds of which the workers of one key may have said the options that count.
    public static let kindsPerKey = 2_000
    /// Worker ids that one key may own at the same time; older ones that are not in use make room.
    public static let workersPerKey = 10_000
    /// How long it is kept whose a worker's id is after its last hello, in milliseconds: 30 days.
    public static let workerOwnerMilliseconds: Int64 = 30 * 86_400_000
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
    /// Schedules of all owners together: each is looked at whenever time passes.
    public static let schedules = 10_000
    /// Starts of one queue that a rate may allow in its period.
    public static let rate = 10_000
    /// The longest period of a rate, in milliseconds: a day.
    public static let ratePeriodMilliseconds: Int64 = 86_400_000
    /// Queues and kinds that have a policy: each stays in memory.
    public static let policies = 10_000
    /// Jobs of one connection that wait for their confirmation, and one message more: some two seconds of writing, for which all
    /// others wait as well.
    public static let unconfirmedJobsPerPeer = 50_000
    /// Milliseconds of one round of reading, and one message more, before the broker looks at the disk and the clock again.
    public static let readingMilliseconds: Int64 = 20
    /// How much more one queue may weigh than another.
    public static let weight = 1_000
    /// Log lines that are kept of one job, the newest.
    public static let logLines = 1_000
    /// UTF-8 bytes kept of a log line, or of what a handler says of its progress.
    public static let logLineBytes = 1_024
}
