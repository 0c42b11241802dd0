/// Where a broker listens, as the command line writes it.
enum EndpointText {
    /// Who says it.
    enum Side: String {
        case bind = "--bind"
        case broker = "--broker"
    }

    /// An endpoint that is one. Whether somebody is there, and whether it is free, is not looked at.
    /// - Throws: `Failure` that says what one looks like.
    static func checked(_ text: String, _ side: Side) throws -> String {
        guard isEndpoint(text, side) else {
            throw Failure.usage(
                "\(side.rawValue) is “\(text)”, which is no endpoint; one looks like tcp://127.0.0.1:7520 or "
                    + "ipc:///run/kip/broker")
        }
        return text
    }

    private static func isEndpoint(_ text: String, _ side: Side) -> Bool {
        if text.hasPrefix("ipc://") { return text.count > "ipc://".count }
        guard text.hasPrefix("tcp://") else { return false }
        let address = text.dropFirst("tcp://".count)
        guard let colon = address.lastIndex(of: ":"), colon > address.startIndex else { return false }
        let port = address[address.index(after: colon)...]
        // A broker may let the system choose a port.
        if side == .bind, port == "*" || port == "0" { return true }
        return Int(port).map { (1...65_535).contains($0) } ?? false
    }
}
