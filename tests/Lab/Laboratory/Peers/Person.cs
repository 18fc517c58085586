using System.Diagnostics;
using System.Text;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Peers;

/// <summary>Somebody at a host who types commands of <c>nashi</c>, one at a time, and may leave one running.</summary>
internal sealed class Person(string name, Host host, string program, string bootstrap, string folder, Transcript transcript) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private StayingProgram? _staying;

    /// <summary>What is kept on the person's disk.</summary>
    public string Folder { get; } = Path.Combine(folder, name);

    public string Name => name;

    /// <summary>Runs a command to its end; gives what it said on standard output.</summary>
    public async Task<Said> TypeAsync(CancellationToken cancellation, params string[] words)
    {
        using var process = Start(words);
        process.StandardInput.Close();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Patience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
            await process.WaitForExitAsync(late.Token);
            var said = new Said(process.ExitCode, await output, await errors);
            transcript.Command(name, Line(words), (said.Output + said.Errors).Replace(Folder, "~", StringComparison.Ordinal));
            return said;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill();
            transcript.Command(name, Line(words), "(no end)");
            return new Said(-1, "", $"did not end within {Patience.TotalSeconds} s");
        }
    }

    /// <summary>Leaves a command running.</summary>
    public void Stay(params string[] words)
    {
        transcript.Command(name, Line(words) + " &", "");
        _staying = new StayingProgram(Start(words), line => transcript.Line(name, line));
    }

    /// <summary>Whether what runs says a text in time.</summary>
    public Task<bool> HearsAsync(string text, CancellationToken cancellation) => _staying is null ? Task.FromResult(false) : _staying.SaysAsync(text, Patience, cancellation);

    /// <summary>What the running command said so far.</summary>
    public string Heard => _staying?.Text ?? "";

    /// <summary>Ends what runs, as Ctrl-C does.</summary>
    public async Task GoAsync()
    {
        if (_staying is null) return;
        await _staying.DisposeAsync();
        _staying = null;
    }

    public async ValueTask DisposeAsync() => await GoAsync();

    private static string Line(string[] words) => "nashi " + string.Join(' ', words.Select(word => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word));

    private Process Start(string[] words)
    {
        Directory.CreateDirectory(Folder);
        var pass = Path.Combine(Folder, "passphrase");
        if (!File.Exists(pass)) File.WriteAllText(pass, $"the passphrase of {name}\n");
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = Folder,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["NASHI_HOME"] = Path.Combine(Folder, "nashi");
        start.Environment["NASHI_BOOTSTRAP"] = bootstrap;
        start.Environment["NASHI_PASSPHRASE_FILE"] = pass;
        return host.Space.Run(() => Process.Start(start)) ?? throw new LabException($"{program} did not start");
    }

    /// <summary>What a command said.</summary>
    public sealed record Said(int Code, string Output, string Errors)
    {
        public bool Ok => Code == 0;

        /// <summary>The first word of the output that begins with a text; empty when there is none.</summary>
        public string Word(string begin) => Output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => word.StartsWith(begin, StringComparison.Ordinal)) ?? "";
    }
}
