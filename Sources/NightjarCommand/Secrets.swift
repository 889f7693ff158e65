import Glibc
import NightjarMiner

/// Hides secrets from other users of the machine.
enum Secrets {
    /// Overwrites passwords in the process's arguments, which `ps` shows to every user.
    ///
    /// Call it after the arguments were copied into strings.
    static func hidePasswords() {
        let flags = SettingList.standard.rows.filter(\.isSecret).flatMap(\.flags)
        var isPassword = false
        for i in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[i] else { return }
            if isPassword { cover(argument) }
            let text = String(cString: argument)
            isPassword = !isPassword && flags.contains(text)
            for flag in flags where text.hasPrefix(flag + "=") { cover(argument + flag.utf8.count + 1) }
        }
    }

    private static func cover(_ text: UnsafeMutablePointer<CChar>) {
        memset(text, Int32(UInt8(ascii: "x")), strlen(text))
    }
}
