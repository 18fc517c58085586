using System.CommandLine;
using Microsoft.Extensions.Logging;
using Nashi.Cli.Output;

namespace Nashi.Cli;

/// <summary>All commands, and the one place that turns a failure into an error line and an exit code.</summary>
internal static class CommandTree
{
    /// <summary>Parses and runs a command line.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var root = Build(output, errors);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return ReportUsage(parsed, output, errors);
        var configuration = new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    }

    /// <summary>Makes a command run <paramref name="action"/> with everything around it: reporter, logs, Ctrl-C, errors.</summary>
    public static void SetHandler(Command command, TextWriter output, TextWriter errors, Func<CliContext, CancellationToken, Task> action) =>
        command.SetAction((parsed, cancellation) => RunOneAsync(parsed, output, errors, action, cancellation));

    private static RootCommand Build(TextWriter output, TextWriter errors)
    {
        var root = new RootCommand("Software that works without servers: share files, logs and pipes between peers, by link.");
        foreach (var option in CommonOptions.All) root.Options.Add(option);
        return root;
    }

    private static async Task<int> RunOneAsync(
        ParseResult parsed, TextWriter output, TextWriter errors, Func<CliContext, CancellationToken, Task> action, CancellationToken cancellation)
    {
        var reporter = MakeReporter(parsed, output, errors);
        using var logs = MakeLogs(parsed.GetValue(CommonOptions.Log));
        try
        {
            await action(new CliContext(parsed, reporter, logs), cancellation).ConfigureAwait(false);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            reporter.Error("ERR_CANCELLED", "Stopped before it was done.");
            return ExitCode.Cancelled;
        }
        catch (Exception error)
        {
            reporter.Error(CodeOf(error), error is NashiException or IOException or UnauthorizedAccessException ? error.Message : error.ToString());
            return ExitCode.Failure;
        }
    }

    private static int ReportUsage(ParseResult parsed, TextWriter output, TextWriter errors)
    {
        var problems = string.Join(" ", parsed.Errors.Select(error => error.Message));
        var reporter = MakeReporter(parsed, output, errors);
        reporter.Error("ERR_INVALID_INPUT", problems);
        reporter.Hint($"Try: {NameOf(parsed, "nashi ")} --help");
        return ExitCode.Usage;
    }

    private static IReporter MakeReporter(ParseResult parsed, TextWriter output, TextWriter errors)
    {
        // A line that could not be parsed may still ask for JSON.
        var json = parsed.Tokens.Any(token => token.Value == CommonOptions.Json.Name);
        return json ? new JsonReporter(NameOf(parsed, ""), output) : new TextReporter(output, errors);
    }

    private static string NameOf(ParseResult parsed, string prefix)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
        {
            if (at.Command is not RootCommand) names.Insert(0, at.Command.Name);
        }

        return (prefix + string.Join(' ', names)).Trim();
    }

    private static string CodeOf(Exception error) => error switch
    {
        NashiException own => own.Code,
        UnauthorizedAccessException => "ERR_PERMISSION",
        FileNotFoundException or DirectoryNotFoundException => "ERR_NOT_FOUND",
        IOException => "ERR_IO",
        _ => "ERR_UNKNOWN",
    };

    private static ILoggerFactory MakeLogs(LogLevel level) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);
        builder.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
