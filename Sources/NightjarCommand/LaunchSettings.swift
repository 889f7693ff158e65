import ArgumentParser
import Nightjar
import NightjarCore

/// The value of `--tuning`: "ptx=0,groupLoop=32".
struct LaunchSettings: ExpressibleByArgument {
    let values: TuningSettings

    init?(argument: String) {
        var values = TuningSettings()
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2, !words[0].isEmpty, let value = Int(words[1]), values[String(words[0])] == nil else {
                return nil
            }
            values[String(words[0])] = value
        }
        self.values = values
    }
}
