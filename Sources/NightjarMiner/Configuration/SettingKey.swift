/// Everything that can be said of a run, beside its pools: by a flag, by a variable of the environment, by a key in the
/// configuration file. One list, so that none of the three knows less than the others.
package enum SettingKey: String, Sendable, Hashable, CaseIterable {
    case sandbox
    case algorithm
    case devices
    case threads
    case randomxMode
    case rigId
    case nicehash
    case keepalive
    case tls
    case maxSeconds
    case maxShares
    case log
    case logFile
    case logFileSize
    case ledgerDays = "ledger.days"
    case apiListen = "api.listen"
    case apiToken = "api.token"
    case apiTokenFile = "api.tokenFile"
    case pauseOnBattery = "care.pauseOnBattery"
    case schedule = "care.schedule"
    case maxTemperature = "care.maxTemperature"
    case nice = "care.nice"

    package enum Kind: Sendable {
        case bool
        case integer(ClosedRange<Int>)
        /// More than the lower bound, at most the upper.
        case number(Double, Double)
        case text
        /// A list, or one text with commas.
        case words
    }

    package var kind: Kind {
        switch self {
        case .sandbox, .nicehash, .keepalive, .tls, .pauseOnBattery: .bool
        // Beyond any machine, and still a scratchpad each in a few gigabytes.
        case .threads: .integer(1...4096)
        // A hundred years, so that no arithmetic with it overflows.
        case .maxSeconds: .number(0, 3.2e9)
        case .maxShares: .integer(1...Int(Int32.max))
        case .logFileSize: .number(0, 1_048_576)
        case .ledgerDays: .integer(1...36_500)
        case .maxTemperature: .number(0, 150)
        case .nice: .integer(0...19)
        case .algorithm, .randomxMode, .rigId, .log, .logFile, .apiListen, .apiToken, .apiTokenFile, .schedule: .text
        case .devices: .words
        }
    }

    /// How the flag is written in messages: the short one where users know it by that.
    package var flag: String {
        switch self {
        case .sandbox: "--sandbox"
        case .algorithm: "-a"
        case .devices: "--device"
        case .threads: "-t"
        case .randomxMode: "--randomx-mode"
        case .rigId: "--rig-id"
        case .nicehash: "--nicehash"
        case .keepalive: "-k"
        case .tls: "--tls"
        case .maxSeconds: "--max-seconds"
        case .maxShares: "--max-shares"
        case .log: "--log"
        case .logFile: "--log-file"
        case .logFileSize: "--log-file-size"
        case .ledgerDays: "--ledger-days"
        case .apiListen: "--api"
        case .apiToken: "--api-token"
        case .apiTokenFile: "--api-token-file"
        case .pauseOnBattery: "--pause-on-battery"
        case .schedule: "--schedule"
        case .maxTemperature: "--max-temperature"
        case .nice: "--nice"
        }
    }

    /// The variable in the environment.
    package var variable: String {
        switch self {
        case .sandbox: "NIGHTJAR_SANDBOX"
        case .algorithm: "NIGHTJAR_ALGORITHM"
        case .devices: "NIGHTJAR_DEVICES"
        case .threads: "NIGHTJAR_THREADS"
        case .randomxMode: "NIGHTJAR_RANDOMX_MODE"
        case .rigId: "NIGHTJAR_RIG_ID"
        case .nicehash: "NIGHTJAR_NICEHASH"
        case .keepalive: "NIGHTJAR_KEEPALIVE"
        case .tls: "NIGHTJAR_TLS"
        case .maxSeconds: "NIGHTJAR_MAX_SECONDS"
        case .maxShares: "NIGHTJAR_MAX_SHARES"
        case .log: "NIGHTJAR_LOG"
        case .logFile: "NIGHTJAR_LOG_FILE"
        case .logFileSize: "NIGHTJAR_LOG_FILE_SIZE"
        case .ledgerDays: "NIGHTJAR_LEDGER_DAYS"
        case .apiListen: "NIGHTJAR_API"
        case .apiToken: "NIGHTJAR_API_TOKEN"
        case .apiTokenFile: "NIGHTJAR_API_TOKEN_FILE"
        case .pauseOnBattery: "NIGHTJAR_PAUSE_ON_BATTERY"
        case .schedule: "NIGHTJAR_SCHEDULE"
        case .maxTemperature: "NIGHTJAR_MAX_TEMPERATURE"
        case .nice: "NIGHTJAR_NICE"
        }
    }
}

/// What can be said of one pool, as the members of `pools` are called.
package enum PoolKey: String, Sendable, Hashable, CaseIterable {
    case url
    case user
    case pass
    case passFile
    case rigId
    case nicehash
    case keepalive
    case algorithm
    case tls
    case tlsFingerprint
    case zmq

    var kind: SettingKey.Kind {
        switch self {
        case .nicehash, .keepalive, .tls: .bool
        case .url, .user, .pass, .passFile, .rigId, .algorithm, .tlsFingerprint, .zmq: .text
        }
    }
}
