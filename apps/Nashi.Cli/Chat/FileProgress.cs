using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>Tells how far a file is: in a line that is written over for people, in a JSON line each tenth for programs.</summary>
internal sealed class FileProgress(CliContext context, string name, ulong total) : IProgress<ulong>, IDisposable
{
    private readonly Lock _gate = new();
    private int _told = -1;
    private bool _isShown;

    public void Report(ulong value)
    {
        var percent = total == 0 ? 100 : (int)Math.Min(100, value * 100 / total);
        var step = context.IsInteractive ? 1 : 10;
        lock (_gate)
        {
            if (percent / step <= _told / step && _told >= 0) return;
            _told = percent;
            Show(value, percent);
        }
    }

    /// <summary>Removes the line.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isShown) Console.Error.Write("\r\u001b[K");
            _isShown = false;
        }
    }

    private void Show(ulong value, int percent)
    {
        if (context.Reporter.IsJson) context.Reporter.Report("progress", new JsonObject { ["name"] = name, ["bytes"] = value, ["total"] = total });
        if (!context.IsInteractive) return;
        _isShown = true;
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r\u001b[K{TerminalText.Name(name)}  {percent,3} %  {Sizes.Format(value)} of {Sizes.Format(total)}"));
    }
}
