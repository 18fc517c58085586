using System.Runtime.InteropServices;
using Nashi.Laboratory;
using Nashi.Laboratory.Cases;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;

LabOptions options;
try
{
    options = LabOptions.Parse(args);
}
catch (LabException error)
{
    Console.Error.WriteLine($"{error.Message}. See --help.");
    return 64;
}

if (options.IsHelp)
{
    Console.WriteLine(LabOptions.Help);
    return 0;
}

if (Requirements.Missing is { } why)
{
    Console.Error.WriteLine($"No laboratory here: {why}.");
    return 2;
}

var asked = TimeSpan.Zero;
using var ended = new CancellationTokenSource();
// Whoever stops a laboratory wants its namespaces and processes gone: the cases end in order, and clean up.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
if (Naming.Sweep() is > 0 and var swept) Console.WriteLine($"Removed {swept} namespaces of laboratories that were killed.");
return await LabRun.RunAsync(options, Console.Out, ended.Token);

void End(PosixSignalContext context)
{
    context.Cancel = true;
    if (ended.IsCancellationRequested)
    {
        // A program like timeout signals the process and its group: the same wish twice at once is one wish.
        if (LabClock.Now - asked > TimeSpan.FromSeconds(1)) Environment.Exit(130);
        return;
    }

    asked = LabClock.Now;
    Console.Error.WriteLine("Ending; once more to end at once.");
    ended.Cancel();
}
