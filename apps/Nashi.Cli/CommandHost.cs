using System.CommandLine;
using Microsoft.Extensions.Logging;
using Nashi.Cli.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli;

/// <summary>Runs a command's action with everything around it: reporter, logs, Ctrl-C, and the one place that turns a failure into an error line and an exit code.</summary>
internal sealed class CommandHost(TextWriter output, TextWriter errors)
{
    /// <summary>Gives a command its action.</summary>
    public void Handle(Command command, Func<CliContext, CancellationToken, Task> action) =>
        command.SetAction((parsed, cancellation) => RunAsync(parsed, MakeReporter(parsed, output), action, cancellation));

    /// <summary>Gives a command its action whose standard output is somebody's data: all that is said goes to standard error, in JSON too.</summary>
    public void HandleData(Command command, Func<CliContext, CancellationToken, Task> action) =>
        command.SetAction((parsed, cancellation) => RunAsync(parsed, MakeReporter(parsed, errors), action, cancellation));

    /// <summary>Reports a command line that could not be parsed.</summary>
    public int ReportUsage(ParseResult parsed)
    {
        var problems = string.Join(" ", parsed.Errors.Select(error => error.Message));
        var reporter = MakeReporter(parsed, output);
        reporter.Error("ERR_INVALID_INPUT", problems);
        reporter.Hint($"Try: {NameOf(parsed, "nashi ")} --help");
        return ExitCode.Usage;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IReporter reporter, Func<CliContext, CancellationToken, Task> action, CancellationToken cancellation)
    {
        using var logs = MakeLogs(parsed.GetValue(CommonOptions.Log));
        var context = new CliContext(parsed, reporter, logs);
        try
        {
            await action(context, cancellation).ConfigureAwait(false);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            reporter.Error("ERR_CANCELLED", "Stopped before it was done. Run the same again to go on.");
            return ExitCode.Cancelled;
        }
        catch (EndedElsewhereException ended)
        {
            return ended.ExitCode;
        }
        catch (Exception error)
        {
            if (error is NashiException own) context.Note(NameOf(parsed, ""), own);
            reporter.Error(CodeOf(error), IsExpected(error) ? error.Message : error.ToString());
            return error is CliException { IsUsage: true } ? ExitCode.Usage : ExitCode.Failure;
        }
    }

    private IReporter MakeReporter(ParseResult parsed, TextWriter results)
    {
        // A line that could not be parsed may still ask for JSON.
        var json = parsed.Tokens.Any(token => token.Value == CommonOptions.Json.Name);
        return json ? new JsonReporter(NameOf(parsed, ""), results) : new TextReporter(results, errors);
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

    private static bool IsExpected(Exception error) => error is NashiException or IOException or UnauthorizedAccessException or FormatException;

    private static string CodeOf(Exception error) => error switch
    {
        NashiException own => own.Code,
        UnauthorizedAccessException => "ERR_PERMISSION",
        FileNotFoundException or DirectoryNotFoundException => "ERR_NOT_FOUND",
        FormatException => "ERR_INVALID_INPUT",
        IOException => "ERR_IO",
        _ => "ERR_UNKNOWN",
    };

    private static ILoggerFactory MakeLogs(LogLevel level) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);
        builder.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
