import CCurl
import Foundation

/// One transfer of libcurl.
struct CurlSession: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    /// libcurl writes into it until the handle is gone.
    private let errorText: UnsafeMutablePointer<CChar>
    private var recipients: UnsafeMutablePointer<curl_slist>?

    private static let isReady = curl_global_init(curl_all_features) == CURLE_OK

    /// Speaks with a server; what it said, and whether the message was handed over, is in the conversation afterwards.
    /// - Parameter envelope: nil = it is greeted and logged in to, and gets nothing.
    /// - Returns: what libcurl says is wrong; empty where nothing is.
    /// - Throws: `MailError.settings` where libcurl does not take a setting.
    static func perform(
        _ conversation: SMTPConversation, _ server: SMTPServer, _ envelope: MailEnvelope?
    ) throws(MailError) -> String {
        var session = try CurlSession()
        try session.set(server)
        if let envelope { try session.set(envelope) } else { try session.set(CURLOPT_CONNECT_ONLY, 1) }
        return try session.perform(conversation)
    }

    private init() throws(MailError) {
        guard Self.isReady, let handle = curl_easy_init() else { throw .settings("libcurl cannot be started") }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(recipients)
        errorText.deallocate()
    }

    private func set(_ server: SMTPServer) throws(MailError) {
        let scheme = server.security == .smtps ? "smtps" : "smtp"
        let path = server.localName.map { "/\($0)" } ?? ""
        try set(CURLOPT_URL, "\(scheme)://\(server.host):\(server.port)\(path)")
        try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        try set(CURLOPT_USE_SSL, server.security == .startTLS ? curl_tls_required : curl_tls_none)
        try set(CURLOPT_SSLVERSION, curl_tls_1_2)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = server.caFile { try set(CURLOPT_CAINFO, file) }
        if let user = server.user, let password = server.password {
            try set(CURLOPT_USERNAME, user)
            try set(CURLOPT_PASSWORD, password.text)
        }
        try set(CURLOPT_CONNECTTIMEOUT_MS, Int((server.connectTimeout * 1_000).rounded(.up)))
        try set(CURLOPT_TIMEOUT_MS, Int((server.timeout * 1_000).rounded(.up)))
        // The settings decide, not the environment (ALL_PROXY).
        try set(CURLOPT_PROXY, "")
        // Signals are for a process, and this is a thread of it.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_FORBID_REUSE, 1)
    }

    private mutating func set(_ envelope: MailEnvelope) throws(MailError) {
        try set(CURLOPT_MAIL_FROM, envelope.sender)
        for recipient in envelope.recipients {
            guard let longer = curl_slist_append(recipients, recipient) else { throw .settings("there is no memory") }
            recipients = longer
        }
        try check(curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients), "CURLOPT_MAIL_RCPT")
        try set(CURLOPT_UPLOAD, 1)
    }

    private func perform(_ conversation: SMTPConversation) throws(MailError) -> String {
        try check(curl_set_buffer(handle, CURLOPT_ERRORBUFFER, errorText), "CURLOPT_ERRORBUFFER")
        let context = Unmanaged.passUnretained(conversation).toOpaque()
        try check(curl_set_read(handle, readMessage, context), "CURLOPT_READFUNCTION")
        try check(curl_set_debug(handle, noteLine, context), "CURLOPT_DEBUGFUNCTION")
        try check(curl_set_progress(handle, keepTime, context), "CURLOPT_XFERINFOFUNCTION")
        try set(CURLOPT_NOPROGRESS, 0)
        try set(CURLOPT_VERBOSE, 1)
        let result = withExtendedLifetime(conversation) { curl_easy_perform(handle) }
        if result == CURLE_OK { return "" }
        let detail = String(cString: errorText)
        return detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
    }

    private func set(_ option: CURLoption, _ value: Int) throws(MailError) {
        try check(curl_set_long(handle, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String) throws(MailError) {
        try check(curl_set_string(handle, option, value), "option \(option.rawValue)")
    }

    private func check(_ result: CURLcode, _ what: String) throws(MailError) {
        guard result == CURLE_OK else {
            throw .settings("libcurl refuses \(what): \(String(cString: curl_easy_strerror(result)))")
        }
    }
}
