; Inno Setup 6: the installer for Windows. iscc /DVersion=0.1.0 /DFolder=..\..\dist\cytoscribe packaging\windows\cytoscribe.iss
#ifndef Version
  #error Say /DVersion=...
#endif
#ifndef Folder
  #define Folder "..\..\dist\cytoscribe"
#endif
#ifndef Out
  #define Out "..\..\dist"
#endif

[Setup]
AppId={{6F2B9C1E-3D0A-4E57-9B0C-7A54D2C1E8F3}
AppName=Cytoscribe
AppVersion={#Version}
AppPublisher=Cytoscribe
DefaultDirName={autopf}\Cytoscribe
DefaultGroupName=Cytoscribe
DisableProgramGroupPage=yes
; For the own account unless the person asks for all: no administrator is needed
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
SetupIconFile={#Folder}\cytoscribe.ico
UninstallDisplayIcon={app}\cytoscribe.exe
OutputDir={#Out}
OutputBaseFilename=cytoscribe-{#Version}-windows-x86_64-setup
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
ChangesEnvironment=yes
CloseApplications=yes

[Tasks]
Name: desktopicon; Description: "A shortcut on the desktop"; Flags: unchecked
Name: path; Description: "Batch commands in terminals (cytoscribe-console)"; Flags: unchecked

[InstallDelete]
; Files of an older version that this one does not have any more
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Cytoscribe"; Filename: "{app}\cytoscribe.exe"
Name: "{autodesktop}\Cytoscribe"; Filename: "{app}\cytoscribe.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.cytoscribe"; ValueType: string; ValueData: "Cytoscribe.Settings"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Cytoscribe.Settings"; ValueType: string; ValueData: "Cytoscribe settings"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Cytoscribe.Settings\DefaultIcon"; ValueType: string; ValueData: "{app}\cytoscribe.exe,0"
Root: HKA; Subkey: "Software\Classes\Cytoscribe.Settings\shell\open\command"; ValueType: string; ValueData: """{app}\cytoscribe.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Directory\shell\Cytoscribe"; ValueType: string; ValueData: "Open with Cytoscribe"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\Cytoscribe"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\cytoscribe.exe"
Root: HKA; Subkey: "Software\Classes\Directory\shell\Cytoscribe\command"; ValueType: string; ValueData: """{app}\cytoscribe.exe"" ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: IsNotInPath

[Run]
Filename: "{app}\cytoscribe.exe"; Description: "Start Cytoscribe"; Flags: nowait postinstall skipifsilent

[Code]
function IsNotInPath: Boolean;
var
  Known: string;
begin
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Known) then
    Known := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Known) + ';') = 0;
end;
