using System.CommandLine;
using Microsoft.Extensions.Logging;
using Nashi.Cli.Output;

namespace Nashi.Cli;

/// <summary>What one run of one command works with.</summary>
internal sealed class CliContext(ParseResult parsed, IReporter reporter, ILoggerFactory logs)
{
    /// <summary>The public network's entrances.</summary>
    private static readonly string[] PublicBootstrap =
        ["88.99.3.86@node1.hyperdht.org:49737", "142.93.90.113@node2.hyperdht.org:49737", "138.68.147.8@node3.hyperdht.org:49737"];

    /// <summary>The command line.</summary>
    public ParseResult Parsed { get; } = parsed;

    /// <summary>Where the command reports.</summary>
    public IReporter Reporter { get; } = reporter;

    /// <summary>Where libraries log.</summary>
    public ILoggerFactory Logs { get; } = logs;

    /// <summary>Where cores and keys are kept.</summary>
    public string StorageDirectory =>
        Parsed.GetValue(CommonOptions.Storage)?.FullName
        ?? (Environment.GetEnvironmentVariable("NASHI_HOME") is { Length: > 0 } home ? Path.GetFullPath(home) : DefaultDirectory);

    /// <summary>The DHT nodes to start from.</summary>
    public IReadOnlyList<string> Bootstrap =>
        (Parsed.GetValue(CommonOptions.Bootstrap) ?? Environment.GetEnvironmentVariable("NASHI_BOOTSTRAP")) is { Length: > 0 } given
            ? given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : PublicBootstrap;

    private static string DefaultDirectory =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "nashi");
}
