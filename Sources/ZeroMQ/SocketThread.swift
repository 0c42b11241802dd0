import CZeroMQ

#if canImport(Glibc)
    import Glibc
#endif

/// A thread for sockets: they belong to one thread, which may block in a poll, as a Swift Concurrency thread may not.
/// Signals are blocked in it, so that they reach the threads that wait for them.
public enum SocketThread {
    /// Starts a thread that runs a body and ends with it.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(name: name, run: body)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                // Linux keeps 15 bytes of a thread's name.
                zeromq_name_thread(body.name)
                body.run()
                return nil
            }, argument)
        precondition(result == 0, "no thread could be started: \(String(cString: strerror(result)))")
        pthread_detach(thread)
    }

    /// Starts a thread that is handed a value that only one may own, such as a socket.
    public static func start<Value: ~Copyable>(
        name: String, owning value: consuming Value, _ body: @escaping @Sendable (consuming Value) -> Void
    ) {
        let box = Handover(value)
        start(name: name) {
            if let value = box.take() { body(value) }
        }
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
