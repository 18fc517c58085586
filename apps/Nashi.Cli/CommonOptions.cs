using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Nashi.Cli;

/// <summary>The options that every command takes, anywhere on the line.</summary>
internal static class CommonOptions
{
    /// <summary>Where cores and keys are kept.</summary>
    public static readonly Option<DirectoryInfo?> Storage = new("--storage")
    {
        Description = "Folder for cores and keys (default: the user's data folder; environment NASHI_HOME)",
        HelpName = "dir",
        Recursive = true,
    };

    /// <summary>Where to enter the network.</summary>
    public static readonly Option<string?> Bootstrap = new("--bootstrap")
    {
        Description = "DHT nodes to start from, comma-separated (default: the public network's; environment NASHI_BOOTSTRAP)",
        HelpName = "host:port,...",
        Recursive = true,
    };

    /// <summary>Only the internet.</summary>
    public static readonly Option<bool> NoLan = new("--no-lan")
    {
        Description = "Do not look for peers on the local network, nor be found there",
        Recursive = true,
    };

    /// <summary>How to leave a network that blocks UDP.</summary>
    public static readonly Option<string[]> TcpRelay = new("--tcp-relay")
    {
        Description = "Where UDP is blocked, go round by a TCP relay: its link, as nashi relay --tls prints it; remembered once it worked (environment NASHI_TCP_RELAY)",
        HelpName = "link",
        DefaultValueFactory = _ => [],
        Recursive = true,
    };

    /// <summary>One JSON object per line instead of text.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON object per line: {\"cmd\",\"tag\",\"data\"}; the last has tag final or error",
        Recursive = true,
    };

    /// <summary>How much to say on standard error.</summary>
    public static readonly Option<LogLevel> Log = new("--log-level")
    {
        Description = "What to log on standard error: Trace, Debug, Information, Warning, Error, None",
        HelpName = "level",
        DefaultValueFactory = _ => LogLevel.Warning,
        Recursive = true,
    };

    /// <summary>All of them.</summary>
    public static IEnumerable<Option> All => [Storage, Bootstrap, NoLan, TcpRelay, Json, Log];
}
